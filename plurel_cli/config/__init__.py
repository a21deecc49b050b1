"""The config: frozen models, one module per stage, and how they are read and checked."""

from plurel_cli.config.load import Loaded, dump_config, load_config, parse_config, read_config
from plurel_cli.config.model import Config

__all__ = ["Config", "Loaded", "dump_config", "load_config", "parse_config", "read_config"]
