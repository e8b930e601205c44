using System.Buffers.Binary;
using System.Globalization;

namespace Launchpad.Durable.Storage;

/// <summary>The tables, and the settings without which nothing the engine promises would hold.</summary>
internal static class Schema
{
    public const int Version = 3;

    private const int UserVersionOffset = 60;

    /// <summary>Times are ticks in UTC. A turn is one row of `history`, so what happened and what followed are durable together; its
    /// number is that of its instance and, in the lowest bits, its own, so that a history lies in one place. `messages` wait to be read by
    /// an instance, timers among them; `tasks` are activities that have not ended.</summary>
    private const string Tables = """
        CREATE TABLE instances (
          key INTEGER PRIMARY KEY,
          id TEXT NOT NULL UNIQUE,
          execution TEXT NOT NULL,
          name TEXT NOT NULL,
          version TEXT,
          status INTEGER NOT NULL,
          created INTEGER NOT NULL,
          updated INTEGER NOT NULL,
          completed INTEGER NOT NULL,
          detail BLOB NOT NULL,
          custom_status TEXT,
          output TEXT,
          input TEXT
        );
        CREATE INDEX instances_by_status ON instances (status, key);
        CREATE TABLE history (turn INTEGER PRIMARY KEY, events BLOB NOT NULL);
        CREATE TABLE messages (seq INTEGER PRIMARY KEY, due INTEGER, instance TEXT NOT NULL, message BLOB NOT NULL);
        CREATE TABLE tasks (seq INTEGER PRIMARY KEY, instance TEXT NOT NULL, message BLOB NOT NULL);
        CREATE TABLE owner (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          store TEXT NOT NULL DEFAULT '',
          epoch INTEGER NOT NULL DEFAULT 0,
          commits INTEGER NOT NULL DEFAULT 0
        );
        INSERT INTO owner (id) VALUES (1);
        """;

    /// <summary>Opens the database for writing, with its tables; refuses one that another engine has written.</summary>
    public static Connection Open(string path)
    {
        Refuse(path);
        var connection = new Connection(path);
        try
        {
            Refuse(path, connection.Scalar("PRAGMA user_version"));
            Configure(connection);
            Create(connection);
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

        if (version is > 0 and < Version)
        {
            throw new InvalidOperationException(
                $"{path} has schema {version}, whose instances another engine began and this one cannot go on with. It is left untouched: "
                + "move the directory away to begin anew.");
        }
    }

    private static void Configure(Connection connection)
    {
        // Freed pages are given back a few at a time. Has to be said before the first table.
        connection.Execute("PRAGMA auto_vacuum = INCREMENTAL");
        connection.Execute("PRAGMA journal_mode = WAL");
        connection.Execute("PRAGMA synchronous = FULL");
        connection.Execute("PRAGMA wal_autocheckpoint = 0");
        connection.Execute("PRAGMA journal_size_limit = 67108864");
        connection.Execute("PRAGMA cache_size = -65536");
    }

    private static void Create(Connection connection)
    {
        if (connection.Scalar("PRAGMA user_version") != 0)
        {
            return;
        }

        connection.Execute("BEGIN IMMEDIATE");
        connection.Execute(Tables);
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Version}"));
        connection.Execute("COMMIT");
    }
}
