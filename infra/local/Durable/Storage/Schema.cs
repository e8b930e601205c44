using System.Buffers.Binary;
using System.Globalization;

namespace Launchpad.Durable.Storage;

/// <summary>The tables, and the settings without which nothing the engine promises would hold.</summary>
internal static class Schema
{
    public const int Version = 2;

    private const int Incremental = 2;
    private const int UserVersionOffset = 60;

    /// <summary>Times are ticks in UTC. A turn is one row of `history`, so what happened and what followed are durable together;
    /// turns of one generation are numbered from one.</summary>
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
        CREATE TABLE history (
          seq INTEGER PRIMARY KEY,
          instance INTEGER NOT NULL,
          events TEXT NOT NULL,
          turn INTEGER NOT NULL DEFAULT 0,
          crc INTEGER NOT NULL DEFAULT 0
        );
        CREATE UNIQUE INDEX history_of ON history (instance, turn);
        CREATE TABLE messages (seq INTEGER PRIMARY KEY, instance INTEGER NOT NULL, event TEXT NOT NULL);
        CREATE TABLE attempts (
          instance INTEGER NOT NULL, task INTEGER NOT NULL, crashes INTEGER NOT NULL, alone INTEGER NOT NULL, running INTEGER NOT NULL,
          PRIMARY KEY (instance, task)
        ) WITHOUT ROWID;
        CREATE TABLE owner (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          clean INTEGER NOT NULL,
          store TEXT NOT NULL DEFAULT '',
          epoch INTEGER NOT NULL DEFAULT 0,
          commits INTEGER NOT NULL DEFAULT 0
        );
        INSERT INTO owner (id, clean) VALUES (1, 1);
        """;

    /// <summary>From 1 to 2: turns are numbered and checksummed, the database knows which store it is and how often it was
    /// committed.</summary>
    private const string FromOneToTwo = """
        ALTER TABLE history ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE history ADD COLUMN crc INTEGER NOT NULL DEFAULT 0;
        UPDATE history SET turn = numbered.turn
        FROM (SELECT seq, row_number() OVER (PARTITION BY instance ORDER BY seq) AS turn FROM history) AS numbered
        WHERE history.seq = numbered.seq;
        DROP INDEX history_of;
        CREATE UNIQUE INDEX history_of ON history (instance, turn);
        ALTER TABLE owner ADD COLUMN store TEXT NOT NULL DEFAULT '';
        ALTER TABLE owner ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE owner ADD COLUMN commits INTEGER NOT NULL DEFAULT 0;
        """;

    /// <summary>Opens the database for writing, brought up to date; refuses one that a newer engine has written.</summary>
    public static Connection Open(string path)
    {
        Refuse(path);
        var connection = new Connection(path);
        try
        {
            Refuse(path, connection.Scalar("PRAGMA user_version"));
            Configure(connection);
            Upgrade(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Looks into the file itself before SQLite opens it, because even that may write to it.</summary>
    private static void Refuse(string path)
    {
        if (File.Exists(path))
        {
            Span<byte> header = stackalloc byte[UserVersionOffset + sizeof(int)];
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            if (file.Read(header) == header.Length && header.StartsWith("SQLite format 3"u8))
            {
                Refuse(path, BinaryPrimitives.ReadInt32BigEndian(header[UserVersionOffset..]));
            }
        }
    }

    private static void Refuse(string path, long version)
    {
        if (version > Version)
        {
            throw new InvalidOperationException($"{path} has schema {version}; this engine knows {Version} and leaves it untouched.");
        }
    }

    private static void Configure(Connection connection)
    {
        // Freed pages are given back a few at a time. Has to be said before the first table; an older database is rewritten once.
        var rewrite = connection.Scalar("PRAGMA user_version") != 0 && connection.Scalar("PRAGMA auto_vacuum") != Incremental;
        connection.Execute("PRAGMA auto_vacuum = INCREMENTAL");
        if (rewrite)
        {
            connection.Execute("VACUUM");
        }

        connection.Execute("PRAGMA journal_mode = WAL");
        connection.Execute("PRAGMA synchronous = FULL");
        connection.Execute("PRAGMA wal_autocheckpoint = 0");
        connection.Execute("PRAGMA journal_size_limit = 67108864");
        connection.Execute("PRAGMA cache_size = -65536");
    }

    private static void Upgrade(Connection connection)
    {
        connection.Execute("BEGIN IMMEDIATE");
        switch (connection.Scalar("PRAGMA user_version"))
        {
            case 0:
                connection.Execute(Tables);
                break;
            case 1:
                connection.Execute(FromOneToTwo);
                Checksum(connection);
                break;
        }

        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Version}"));
        connection.Execute("COMMIT");
    }

    private static void Checksum(Connection connection)
    {
        using var rows = connection.Query("SELECT seq, events FROM history");
        using var update = connection.Query("UPDATE history SET crc = ?2 WHERE seq = ?1");
        while (rows.Step())
        {
            update.Bind(1, rows.Int64(0)).Bind(2, Crc32C.Of(rows.Utf8(1))).Run();
        }
    }
}
