using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Functions.Tests.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Secrets;

namespace Launchpad.Functions.Tests.Api;

/// <summary>A bot that ran once, as the tables say, with a version whose secrets are the ones that were ordered; and what its owner does
/// with it.</summary>
internal sealed class RunningBot(LaunchpadApi api, Owner owner, string id, DateTimeOffset since) : IDisposable
{
    public const string Token = "123456789:AAH-canary-of-the-token-in-use-now";
    public const string GatewayToken = "first-value-of-the-gateway";

    private static readonly CancellationToken Ct = CancellationToken.None;

    public Owner Owner => owner;

    public string Account => owner.Account;

    public string Id => id;

    public BotSecrets Secrets => api.Service<BotSecrets>();

    public static async Task<RunningBot> OfAsync(LaunchpadApi api, string? config = null)
    {
        // The tables write their own time.
        var since = DateTimeOffset.UtcNow.AddSeconds(-1);
        var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync(new { name = "Ada", plan = "starter", telegramToken = Token });
        await api.Service<BotSecrets>().PutAsync(id, BotSecretNames.GatewayToken, GatewayToken, Ct);
        var deployments = api.Service<DeploymentStore>();
        await deployments.ChangeAsync(owner.Account, id, bot =>
            bot.To(DeploymentStatus.Provisioning).To(DeploymentStatus.Configuring).To(DeploymentStatus.Starting), Ct);
        var bot = await deployments.ChangeAsync(owner.Account, id, current => current.To(DeploymentStatus.Running) with
        {
            ActiveVersion = 1,
            LastKnownGood = 1,
            Vm = "vm_none",
            Settings = current.Settings with { Config = config },
        }, Ct);
        var state = new DesiredState(
            "image", "starter", bot.Settings, await api.Service<BotSecrets>().ReferencesAsync(id, Ct),
            api.Service<Bots>().Egress(bot.Settings));
        await api.Service<ConfigVersionStore>().TryAddAsync(
            new(id, 1, state, ConfigVersionStatus.Active, DateTimeOffset.UtcNow, "me", "test"), Ct);
        return new(api, owner, id, since);
    }

    public Task<(int Status, string Text)> PatchAsync(object patch, string seen = "\"v1\"", string query = "") =>
        SendAsync(HttpMethod.Patch, $"deployments/{id}/config{query}", patch, ("If-Match", seen));

    public async Task<(int Status, string Text)> SendAsync(
        HttpMethod method, string path, object body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        Array.ForEach(headers, header => request.Headers.TryAddWithoutValidation(header.Name, header.Value));
        using var answer = await owner.Http.SendAsync(request, Ct);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    /// <summary>How the operation failed that the answer names: there is no machine.</summary>
    public async Task<JsonElement> FailedAsync(string accepted)
    {
        var operation = OperationOf(accepted);
        var shown = await Shop.UntilAsync(
            () => owner.GetAsync($"operations/{operation}"), shown => shown.GetProperty("status").GetString() is "failed");
        return shown.GetProperty("failure");
    }

    public static string OperationOf(string accepted) => JsonElement.Parse(accepted).GetProperty("operation").GetString()!;

    public static string KindOf(string problem) => JsonElement.Parse(problem).GetProperty("type").GetString()!.Split(':')[^1];

    /// <summary>Every row of every table that was written since it was ordered, as text.</summary>
    public async Task<string> EverythingStoredAsync()
    {
        var text = new StringBuilder();
        await foreach (var table in api.StorageTables.QueryAsync(cancellationToken: Ct))
        {
            var rows = api.StorageTables.GetTableClient(table.Name);
            await foreach (var row in rows.QueryAsync<TableEntity>(row => row.Timestamp >= since, cancellationToken: Ct))
            {
                text.AppendJoin('\n', row.Select(pair => pair.Value).Prepend(row.RowKey));
            }
        }

        Assert.Contains(Account, text.ToString(), StringComparison.Ordinal);
        Assert.Contains(id, text.ToString(), StringComparison.Ordinal);
        return text.ToString();
    }

    public void Dispose() => owner.Dispose();
}
