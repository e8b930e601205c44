using System.Globalization;
using Launchpad.Durable.Storage;

namespace Launchpad.Bench;

/// <summary>Makes a large store out of a small one: running a million instances would measure something else, for minutes.</summary>
internal static class Multiplied
{
    /// <summary>The one instance of the store, h-0, becomes so many: h-0, h-1, …, each with a history of its own.</summary>
    public static void Instances(string directory, int count)
    {
        using var database = new Connection(Store.Database(directory));
        database.Execute(string.Create(CultureInfo.InvariantCulture, $"""
            PRAGMA cache_size = -500000;
            BEGIN;
            CREATE TEMP TABLE numbers AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count} - 1) SELECT i FROM n;
            INSERT INTO instances (key, id, name, version, status, created, updated, generation, input, output)
              SELECT key + i, 'h-' || i, name, version, status, created + i, updated + i, generation, input, output
              FROM numbers CROSS JOIN instances WHERE id = 'h-0';
            INSERT INTO history (instance, turn, crc, events)
              SELECT instance + i, turn, crc, events FROM numbers CROSS JOIN (SELECT * FROM history WHERE turn = 1);
            COMMIT;
            """));
    }
}
