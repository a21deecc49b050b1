PRAGMA foreign_keys = ON;
CREATE TABLE "podcast" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "title" text NOT NULL COLLATE NOCASE UNIQUE, "feed_url" varchar(200) NOT NULL UNIQUE, "explicit" bool NOT NULL, "language" varchar(8) NOT NULL CHECK (length("language") BETWEEN 2 AND 5));
CREATE TABLE episode (guid TEXT PRIMARY KEY, podcast_id INTEGER NOT NULL REFERENCES podcast ON DELETE CASCADE, season INT, number INT, title, seconds INTEGER CHECK (seconds > 0), published_at DATETIME NOT NULL, UNIQUE (podcast_id, season, number)) WITHOUT ROWID;
CREATE TABLE listener (id INTEGER PRIMARY KEY, handle TEXT NOT NULL UNIQUE, joined_on DATE NOT NULL) STRICT;
CREATE TABLE play (listener_id INTEGER NOT NULL REFERENCES listener, episode_guid TEXT NOT NULL REFERENCES episode (guid), played_at DATETIME NOT NULL, position INTEGER NOT NULL DEFAULT 0, finished BOOLEAN NOT NULL CHECK (finished IN (0, 1)), PRIMARY KEY (listener_id, episode_guid, played_at));
CREATE TABLE follow (follower INTEGER REFERENCES listener, followed INTEGER REFERENCES listener, since DATE NOT NULL, PRIMARY KEY (follower, followed));
CREATE VIEW top AS SELECT * FROM play;
