using System.Globalization;

namespace Launchpad.Durable.Storage;

/// <summary>The tables, and the settings without which nothing the engine promises would hold.</summary>
internal static class Schema
{
    private const int Version = 1;

    /// <summary>Times are ticks in UTC. A turn is one row of `history`, so what happened and what followed are durable together.</summary>
    private const string Tables = """
        CREATE TABLE instances (
          key INTEGER PRIMARY KEY,
          id TEXT NOT NULL UNIQUE,
          name TEXT NOT NULL,
          version TEXT NOT NULL,
          status INTEGER NOT NULL,
          created INTEGER NOT NULL,
          updated INTEGER NOT NULL,
          starts INTEGER,
          generation INTEGER NOT NULL,
          parent TEXT,
          parent_name TEXT,
          parent_task INTEGER,
          parent_generation INTEGER,
          tags TEXT,
          input,
          output,
          custom_status,
          failure TEXT
        );
        CREATE INDEX instances_by_status ON instances (status, key);
        CREATE INDEX instances_by_parent ON instances (parent) WHERE parent IS NOT NULL;
        CREATE TABLE history (seq INTEGER PRIMARY KEY, instance INTEGER NOT NULL, events TEXT NOT NULL);
        CREATE INDEX history_of ON history (instance);
        CREATE TABLE messages (seq INTEGER PRIMARY KEY, instance INTEGER NOT NULL, event TEXT NOT NULL);
        CREATE TABLE attempts (
          instance INTEGER NOT NULL, task INTEGER NOT NULL, crashes INTEGER NOT NULL, alone INTEGER NOT NULL, running INTEGER NOT NULL,
          PRIMARY KEY (instance, task)
        ) WITHOUT ROWID;
        CREATE TABLE owner (id INTEGER PRIMARY KEY CHECK (id = 1), clean INTEGER NOT NULL);
        INSERT INTO owner VALUES (1, 1);
        """;

    /// <summary>Opens the database for writing; refuses one that a newer engine has written.</summary>
    public static Connection Open(string path)
    {
        var connection = new Connection(path);
        connection.Execute("PRAGMA journal_mode = WAL");
        connection.Execute("PRAGMA synchronous = FULL");
        connection.Execute("PRAGMA wal_autocheckpoint = 4000");
        connection.Execute("PRAGMA journal_size_limit = 67108864");
        connection.Execute("PRAGMA cache_size = -32768");

        var version = connection.Scalar("PRAGMA user_version");
        if (version > Version)
        {
            connection.Dispose();
            throw new InvalidOperationException($"{path} has schema {version}; this engine knows {Version} and leaves it untouched.");
        }

        if (version == 0)
        {
            connection.Execute("BEGIN IMMEDIATE");
            connection.Execute(Tables);
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Version}"));
            connection.Execute("COMMIT");
        }

        return connection;
    }
}
