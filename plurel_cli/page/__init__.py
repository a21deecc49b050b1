"""Reports as single HTML files: what a database or a corpus is, drawn from its figures.

A report is plain data (`database`, `corpus`), put into one file together with the scripts that draw
it (`html`). The scripts and the libraries that they need lie in `assets`; they are the same for all
reports, and ask no network for anything.
"""
