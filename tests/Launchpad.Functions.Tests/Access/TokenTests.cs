using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Access;
using Launchpad.Shared.Storage;

namespace Launchpad.Functions.Tests.Access;

/// <summary>What programs sign in with.</summary>
[Collection(ApiCollection.Name)]
public sealed class TokenTests(LaunchpadApi api)
{
    [Fact]
    public async Task It_is_shown_once_reaches_what_it_says_and_opens_nothing_when_it_was_taken_back()
    {
        using var bot = await RunningBot.OfAsync(api);
        using var owner = OwnerOf(bot);
        var (status, made) = await owner.SendAsync("POST", "tokens", new { name = "CI", permissions = new[] { "read", "operate" }, deployment = bot.Id });
        Assert.Equal(201, status);
        var (secret, view) = (made!.Value.GetProperty("secret").GetString()!, made.Value.GetProperty("token"));
        var reaches = view.GetProperty("reaches").EnumerateArray().Select(one => one.GetString()).ToList();
        Assert.Contains("POST /api/deployments/{id}/restart", reaches);
        Assert.DoesNotContain("GET /api/deployments", reaches);
        Assert.DoesNotContain("DELETE /api/deployments/{id}", reaches);

        using var program = new Colleague(Colleague.Client(api, secret), bot.Account, "");
        Assert.Equal(JsonValueKind.Null, await LastUseAsync(owner));
        Assert.Equal(200, (await program.SendAsync("GET", $"deployments/{bot.Id}")).Status);
        Assert.Equal(JsonValueKind.String, await LastUseAsync(owner));
        Assert.Equal(403, (await program.SendAsync("GET", "auth/me")).Status);
        Assert.Equal(403, (await program.SendAsync("POST", "tokens", new { name = "more", permissions = new[] { "read" } })).Status);
        Assert.False(await IsAnywhereAsync(secret), "The token stands in a table.");

        Assert.Equal(204, (await owner.SendAsync("DELETE", $"tokens/{view.GetProperty("id").GetString()}")).Status);
        Assert.Equal(401, (await program.SendAsync("GET", $"deployments/{bot.Id}")).Status);
        Assert.Equal(0, (await owner.SendAsync("GET", "tokens")).Body!.Value.GetProperty("tokens").GetArrayLength());
    }

    [Fact]
    public async Task One_goes_with_who_made_it_and_stays_away_when_he_is_let_in_again()
    {
        using var bot = await RunningBot.OfAsync(api);
        using var owner = OwnerOf(bot);
        using var admin = await Colleague.InAsync(api, bot.Owner, Role.Admin);
        using var program = await MadeByAsync(admin);
        using var lost = await MadeByAsync(admin);
        var (members, tables) = (api.Service<MemberStore>(), api.Service<Tables>());
        // As if whoever shut him out had not seen one of them.
        var hidden = await tables.Members.QueryAsync<TableEntity>(row => row.PartitionKey == bot.Account)
            .FirstAsync(row => row.RowKey.StartsWith("tok_", StringComparison.Ordinal));
        Assert.Equal(204, (await owner.SendAsync("DELETE", $"members/{admin.Account}")).Status);
        Assert.Equal(0, (await owner.SendAsync("GET", "tokens")).Body!.Value.GetProperty("tokens").GetArrayLength());
        await tables.Members.AddEntityAsync(hidden);
        await tables.Members.AddEntityAsync(
            new TableEntity(hidden.GetString("hash"), "token") { ["account"] = bot.Account, ["token"] = hidden.RowKey });
        Assert.Equal((401, 401), (await ReadAsync(program), await ReadAsync(lost)));

        await AgainAsync(Role.Admin);
        Assert.Equal((401, 401), (await ReadAsync(program), await ReadAsync(lost)));
        using var another = await MadeByAsync(admin);
        Assert.Equal(200, await ReadAsync(another));
        // Who is asked in again while he is in stays the same member.
        await AgainAsync(Role.Viewer);
        Assert.Equal(200, await ReadAsync(another));

        async Task<int> ReadAsync(Colleague who) => (await who.SendAsync("GET", $"deployments/{bot.Id}")).Status;

        async Task<Colleague> MadeByAsync(Colleague maker)
        {
            var (status, made) = await maker.SendAsync("POST", "tokens", new { name = "CI", permissions = new[] { "read" } });
            Assert.Equal(201, status);
            return new(Colleague.Client(api, made!.Value.GetProperty("secret").GetString()!), bot.Account, "");
        }

        async Task AgainAsync(Role role)
        {
            var (word, _) = await members.InviteAsync(bot.Account, admin.Email, role, bot.Account, CancellationToken.None);
            Assert.Equal(200, (await admin.SendAsync("POST", "auth/invitations", new { token = word })).Status);
        }
    }

    [Fact]
    public async Task Who_made_one_for_long_hears_once_that_it_ends_within_a_week()
    {
        var (tokens, tables) = (api.Service<ApiTokenStore>(), api.Service<Tables>());
        using var owner = await Colleague.NewAsync(api);
        foreach (var (name, days) in ((string, int)[])[("soon", 90), ("later", 90), ("short", 5), ("taken back", 90)])
        {
            await tokens.AddAsync(owner.Account, owner.Account, name, [Permission.Read], null, TimeSpan.FromDays(days), CancellationToken.None);
        }

        // As if they had been made a while ago.
        foreach (var token in (await tokens.ListAsync(owner.Account, CancellationToken.None)).Where(token => token.Name is "soon" or "taken back"))
        {
            var ends = DateTimeOffset.UtcNow.AddDays(6);
            await tables.Members.UpdateEntityAsync(
                new TableEntity(owner.Account, token.Id) { ["createdAt"] = ends.AddDays(-90), ["expiresAt"] = ends }, Azure.ETag.All, TableUpdateMode.Merge);
            var leading = await tables.Index.QueryAsync<TableEntity>(row => row.PartitionKey.CompareTo("token-") > 0 && row.PartitionKey.CompareTo("token-~") < 0)
                .FirstAsync(row => row.GetString("token") == token.Id);
            await tables.Index.AddEntityAsync(
                new TableEntity(leading.PartitionKey, $"{ends.UtcTicks:D19}-{leading.RowKey[20..]}") { ["account"] = owner.Account, ["token"] = token.Id });
            if (token.Name == "taken back")
            {
                await tokens.RemoveAsync(owner.Account, token.Id, CancellationToken.None);
            }
        }

        await api.FireAsync("TellEndingTokens");
        Assert.Contains("“soon” ends on", (await api.LetterAsync(owner.Email, "A token ends soon")).TextBody, StringComparison.Ordinal);
        await api.FireAsync("TellEndingTokens");
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.Single(await api.LettersAsync(owner.Email), letter => letter.Subject == "A token ends soon");
    }

    [Fact]
    public async Task It_can_do_no_more_than_who_made_it_may_now()
    {
        using var bot = await RunningBot.OfAsync(api);
        using var admin = await Colleague.InAsync(api, bot.Owner, Role.Admin);
        var (_, made) = await admin.SendAsync("POST", "tokens", new { name = "CI", permissions = new[] { "read", "change" } });
        using var program = new Colleague(Colleague.Client(api, made!.Value.GetProperty("secret").GetString()!), bot.Account, "");
        Assert.Equal(200, (await program.SendAsync("PATCH", $"deployments/{bot.Id}", new { name = "Grace" })).Status);
        var members = api.Service<MemberStore>();
        await members.ChangeAsync(bot.Account, admin.Account, Role.Viewer, CancellationToken.None);
        Assert.Equal(403, (await program.SendAsync("PATCH", $"deployments/{bot.Id}", new { name = "Hedy" })).Status);
        Assert.Equal(200, (await program.SendAsync("GET", $"deployments/{bot.Id}")).Status);
        await members.RemoveAsync(bot.Account, admin.Account, CancellationToken.None);
        Assert.Equal(401, (await program.SendAsync("GET", $"deployments/{bot.Id}")).Status);
    }

    [Theory]
    [InlineData("""{"name":"x","permissions":[]}""", "permissions")]
    [InlineData("""{"name":"x","permissions":["manage"]}""", "permissions")]
    [InlineData("""{"name":"x","permissions":["self"]}""", "permissions")]
    [InlineData("""{"name":"x","permissions":["read"],"days":0}""", "days")]
    [InlineData("""{"name":"x","permissions":["read"],"days":366}""", "days")]
    [InlineData("""{"name":"x","permissions":["read"],"deployment":"dep_01ARZ3NDEKTSV4RRFFQ69G5FAV"}""", "deployment")]
    [InlineData("""{"name":"","permissions":["read"]}""", "name")]
    public async Task What_cannot_be_given_is_refused_with_its_name(string body, string field)
    {
        using var owner = await Colleague.NewAsync(api);
        var (status, problem) = await owner.SendAsync("POST", "tokens", JsonElement.Parse(body));
        Assert.Equal((400, field), (status, problem!.Value.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task One_that_is_over_opens_nothing()
    {
        using var bot = await RunningBot.OfAsync(api);
        var made = await api.Service<ApiTokenStore>().AddAsync(
            bot.Account, bot.Account, "a program", [Permission.Read], null, TimeSpan.FromSeconds(-1), CancellationToken.None);
        using var program = new Colleague(Colleague.Client(api, made!.Value.Token), bot.Account, "");
        Assert.Equal(401, (await program.SendAsync("GET", $"deployments/{bot.Id}")).Status);
    }

    private Colleague OwnerOf(RunningBot bot) =>
        new(Colleague.Client(api, bot.Owner.Http.DefaultRequestHeaders.Authorization!.Parameter!), bot.Account, "");

    private static async Task<JsonValueKind> LastUseAsync(Colleague owner) =>
        (await owner.SendAsync("GET", "tokens")).Body!.Value.GetProperty("tokens")[0].GetProperty("lastUsedAt").ValueKind;

    private async Task<bool> IsAnywhereAsync(string secret)
    {
        await foreach (var table in api.StorageTables.QueryAsync())
        {
            await foreach (var row in api.StorageTables.GetTableClient(table.Name).QueryAsync<TableEntity>())
            {
                if (((IDictionary<string, object>)row).Values.Concat([row.PartitionKey, row.RowKey]).Any(value => value?.ToString()?.Contains(secret, StringComparison.Ordinal) is true))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
