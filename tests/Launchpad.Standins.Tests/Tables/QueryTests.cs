using System.Globalization;
using Azure.Data.Tables;

namespace Launchpad.Standins.Tests.Tables;

public sealed class QueryTests(Azurite azurite) : TableTests(azurite)
{
    [Fact]
    public async Task Pages_follow_each_other_and_a_token_goes_on_where_one_stopped()
    {
        await FillAsync(25);

        var pages = await Table.QueryAsync<TableEntity>(maxPerPage: 10).AsPages().ToListAsync();
        var rest = await Table.QueryAsync<TableEntity>(maxPerPage: 10).AsPages(pages[0].ContinuationToken).ToListAsync();
        var hinted = await Table.QueryAsync<TableEntity>().AsPages(pageSizeHint: 7).ToListAsync();
        var all = await Table.QueryAsync<TableEntity>(maxPerPage: 4).ToListAsync();

        Assert.Equal([10, 10, 5], pages.Select(page => page.Values.Count));
        Assert.Null(pages[^1].ContinuationToken);
        Assert.Equal(Rows(pages.Skip(1)), Rows(rest));
        Assert.Equal([7, 7, 7, 4], hinted.Select(page => page.Values.Count));
        Assert.Equal(Enumerable.Range(0, 25).Select(Row), all.Select(row => row.RowKey));
        Assert.Equal(25, Table.Query<TableEntity>(maxPerPage: 10).AsPages().Sum(page => page.Values.Count));
    }

    [Fact]
    public async Task A_filter_selects_by_every_type()
    {
        await FillAsync(10);
        var name = "o'neil' or RowKey ne '";
        await Table.AddEntityAsync(new TableEntity("p", "x") { ["Name"] = name, ["Big"] = 1L << 40, ["When"] = DateTimeOffset.UnixEpoch });

        Assert.Equal(["x"], await RowsAsync(TableClient.CreateQueryFilter($"Name eq {name}")));
        Assert.Equal(["x"], await RowsAsync(TableClient.CreateQueryFilter($"Big gt {1L << 39}")));
        Assert.Equal(["x"], await RowsAsync(TableClient.CreateQueryFilter($"When le {DateTimeOffset.UnixEpoch}")));
        Assert.Equal([Row(3), Row(4)], await RowsAsync(TableClient.CreateQueryFilter($"PartitionKey eq {"p"} and N ge {3} and N lt {5}")));
        Assert.Equal(
            [Row(2)], await RowsAsync(TableClient.CreateQueryFilter($"Even eq {true} and RowKey gt {Row(1)} and RowKey lt {Row(4)}")));
        Assert.Throws<ArgumentException>(() => TableClient.CreateQueryFilter($"N eq {new object()}"));
    }

    [Fact]
    public async Task An_expression_is_a_filter_too()
    {
        await FillAsync(10);
        var (low, high) = (Row(3), 8);

        Assert.Equal(
            "(PartitionKey eq 'p') and (N gt 5)",
            TableClient.CreateQueryFilter<TableEntity>(row => row.PartitionKey == "p" && row.GetInt32("N") > 5));
        Assert.Equal([Row(4), Row(6)], await Table.QueryAsync<TableEntity>(
            row => row.PartitionKey == "p" && row.RowKey.CompareTo(low) > 0 && row.GetInt32("N") < high && row.GetBoolean("Even") == true)
            .Select(row => row.RowKey).ToListAsync());
    }

    [Fact]
    public async Task Selected_columns_and_cancellation_reach_the_service()
    {
        await FillAsync(1);
        var row = await Table.QueryAsync<TableEntity>(select: ["RowKey"]).SingleAsync();
        using CancellationTokenSource canceled = new();
        await canceled.CancelAsync();

        Assert.False(row.ContainsKey("N"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Table.QueryAsync<TableEntity>(cancellationToken: canceled.Token).ToListAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Table.QueryAsync<TableEntity>().ToListAsync(canceled.Token));
    }

    private static IEnumerable<string> Rows(IEnumerable<Azure.Page<TableEntity>> pages) =>
        pages.SelectMany(page => page.Values).Select(row => row.RowKey);

    private async Task<IEnumerable<string>> RowsAsync(string filter) =>
        (await Table.QueryAsync<TableEntity>(filter).ToListAsync()).Select(row => row.RowKey);

    private async Task FillAsync(int count) => await Table.SubmitTransactionAsync(Enumerable.Range(0, count).Select(n =>
        new TableTransactionAction(TableTransactionActionType.Add, new TableEntity("p", Row(n)) { ["N"] = n, ["Even"] = n % 2 is 0 })));

    private static string Row(int n) => n.ToString("D3", CultureInfo.InvariantCulture);
}
