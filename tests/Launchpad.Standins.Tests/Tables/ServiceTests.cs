using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;

namespace Launchpad.Standins.Tests.Tables;

public sealed class ServiceTests(Azurite azurite) : TableTests(azurite)
{
    [Fact]
    public async Task Tables_are_created_once_listed_and_deleted()
    {
        TableServiceClient service = new(Azurite.Tables, new TableSharedKeyCredential(Azurite.AccountName, Azurite.AccountKey));
        var name = "s" + Guid.NewGuid().ToString("N");

        var created = await service.CreateTableIfNotExistsAsync(name);
        var again = await service.CreateTableIfNotExistsAsync(name);
        await FailsAsync(409, "TableAlreadyExists", () => service.CreateTableAsync(name));

        Assert.Equal((204, 409), (created.GetRawResponse().Status, again.GetRawResponse().Status));
        Assert.Equal(name, (await service.QueryAsync(TableServiceClient.CreateQueryFilter($"TableName eq {name}")).SingleAsync()).Name);
        Assert.Contains(name, service.Query(maxPerPage: 1).Select(table => table.Name));
        Assert.Equal(204, (await service.DeleteTableAsync(name)).Status);
        Assert.Equal(404, (await service.DeleteTableAsync(name)).Status);
        Assert.Equal((Azurite.AccountName, Azurite.Tables), (service.AccountName, service.Uri));
    }

    [Fact]
    public async Task A_table_that_is_not_there_says_so()
    {
        TableClient table = new(Azurite.ConnectionString, "absent");

        await FailsAsync(404, "TableNotFound", () => table.AddEntityAsync(new TableEntity("p", "r")));
    }

    [Fact]
    public async Task A_wrong_key_is_refused()
    {
        TableClient table = new(Azurite.ConnectionStringWith(Convert.ToBase64String(new byte[64])), Table.Name);

        var failed = await Assert.ThrowsAsync<Azure.RequestFailedException>(() => table.AddEntityAsync(new TableEntity("p", "r")));

        Assert.Equal(403, failed.Status);
    }

    [Theory]
    [InlineData("AccountName=x")]
    [InlineData("nonsense")]
    [InlineData("AccountName=x;AccountName=y;AccountKey=eA==")]
    public void A_connection_string_that_names_no_account_is_refused(string text) =>
        Assert.Throws<InvalidOperationException>(() => new TableServiceClient(text));

    [Fact]
    public void A_connection_string_without_an_endpoint_means_azure()
    {
        TableClient table = new("DefaultEndpointsProtocol=https;AccountName=acc;AccountKey=eA==;EndpointSuffix=core.windows.net", "things");

        Assert.Equal((new Uri("https://acc.table.core.windows.net/things"), "acc", "things"), (table.Uri, table.AccountName, table.Name));
    }

    [Fact]
    public async Task A_request_whose_connection_breaks_is_sent_again()
    {
        Breaking transport = new(failures: 2);
        TableClientOptions options = new() { Transport = transport };
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        TableClient table = new(Azurite.ConnectionString, Table.Name, options);

        await table.AddEntityAsync(new TableEntity("p", "r"));

        Assert.Equal(3, transport.Requests);
    }

    [Fact]
    public async Task A_token_is_not_sent_in_the_clear()
    {
        TableServiceClient service = new(Azurite.Tables, new NoToken());

        await Assert.ThrowsAsync<InvalidOperationException>(() => service.CreateTableAsync("x1234"));
    }

    private sealed class NoToken : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Nobody may ask.");

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Nobody may ask.");
    }

    private sealed class Breaking(int failures) : HttpClientTransport
    {
        public int Requests { get; private set; }

        public override async ValueTask ProcessAsync(HttpMessage message)
        {
            if (++Requests <= failures)
            {
                throw new IOException("The connection broke.");
            }

            await base.ProcessAsync(message);
        }
    }
}
