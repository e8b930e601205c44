using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>Reads whole tables, and none again to which nobody wrote meanwhile: a picture is of all of them, and an activity writes to
/// few. Everybody who writes does it past here.</summary>
internal sealed class TableReader : HttpPipelinePolicy
{
    private readonly ConcurrentDictionary<string, int> writes = [];
    private readonly ConcurrentDictionary<string, (int Writes, IReadOnlyList<TableEntity> Rows)> read = [];

    public async Task<IReadOnlyList<TableEntity>> ReadAsync(TableClient table)
    {
        var now = writes.GetValueOrDefault(table.Name);
        if (read.TryGetValue(table.Name, out var known) && known.Writes == now)
        {
            return known.Rows;
        }

        var rows = await table.QueryAsync<TableEntity>().ToListAsync();
        read[table.Name] = (now, rows);
        return rows;
    }

    /// <summary>A table was made to have these rows by so many writes, and nobody else wrote to it since it was read: it need not be read for
    /// that.</summary>
    public void Wrote(TableClient table, int times, IReadOnlyList<TableEntity> rows)
    {
        if (read.TryGetValue(table.Name, out var known) && writes.GetValueOrDefault(table.Name) is var now && now == known.Writes + (2 * times))
        {
            read[table.Name] = (now, rows);
        }
    }

    /// <summary>A write counts before and after: who reads in between reads again.</summary>
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        if (message.Request.Method == RequestMethod.Get)
        {
            await ProcessNextAsync(message, pipeline);
            return;
        }

        var table = Wire.Table(message.Request);
        writes.AddOrUpdate(table, 1, (_, before) => before + 1);
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        finally
        {
            writes.AddOrUpdate(table, 1, (_, before) => before + 1);
        }
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("Nobody waits for tables.");
}
