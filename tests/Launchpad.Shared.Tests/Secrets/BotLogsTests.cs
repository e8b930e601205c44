using Azure;
using Azure.Security.KeyVault.Secrets;
using Launchpad.Processes;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Vms;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Tests.Secrets;

public sealed class BotLogsTests(Azurite azurite) : StorageTests(azurite)
{
    private const string Secret = "canary-0123456789-canary";
    private static readonly DateTimeOffset Morning = new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);

    /// <summary>Lines are collected again and again, and the second half of a secret may come with a later collection.</summary>
    [Theory]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(16)]
    public async Task A_secret_that_is_collected_in_two_halves_is_in_no_row_afterwards(int cut)
    {
        var logs = await LogsAsync();
        VmLogLine[] lines = [Line(1, "hello"), Line(2, Secret[..cut]), Line(3, Secret[cut..]), Line(4, "bye")];
        await logs.StoreAsync(Deployment, lines[..2], Morning, Ct);
        if (cut >= 8)
        {
            Assert.Equal(["hello", "[model-key]"], await TextsAsync(logs));
        }

        await logs.StoreAsync(Deployment, lines, Morning, Ct);
        Assert.Equal(["hello", "[model-key]", "[model-key]", "bye"], await TextsAsync(logs));

        // The beginning has gone from the end of the log that the machine answers.
        await logs.StoreAsync(Deployment, lines[2..], Morning, Ct);
        Assert.Equal(["hello", "[model-key]", "[model-key]", "bye"], await TextsAsync(logs));
    }

    [Fact]
    public async Task The_two_outputs_of_a_bot_are_two_texts()
    {
        var logs = await LogsAsync();
        await logs.StoreAsync(
            Deployment,
            [Line(1, Secret[..12]), Line(2, "an error in between", "stderr"), Line(3, Secret[12..])], Morning, Ct);
        Assert.Equal(["[model-key]", "an error in between", "[model-key]"], await TextsAsync(logs));
    }

    [Fact]
    public async Task Storing_the_same_lines_again_changes_nothing()
    {
        var logs = await LogsAsync();
        VmLogLine[] lines = [.. Enumerable.Range(0, 150).Select(n => Line(n / 3, $"line {n % 2}"))];
        await logs.StoreAsync(Deployment, lines, Morning, Ct);
        var first = await TextsAsync(logs);
        await logs.StoreAsync(Deployment, lines, Morning, Ct);
        Assert.Equal(first, await TextsAsync(logs));
        Assert.Equal(100, first.Count);
    }

    private async Task<BotLogs> LogsAsync()
    {
        var secrets = new BotSecrets(Tables, new SecretVault(new OneSecret()), TimeProvider.System);
        await secrets.PutAsync(Deployment, BotSecretNames.ModelKey, Secret, Ct);
        return new BotLogs(Tables, secrets, Options.Create(new RetentionOptions()), TimeProvider.System);
    }

    private async Task<IReadOnlyList<string>> TextsAsync(BotLogs logs) =>
        [.. (await logs.FindAsync(Deployment, new(null, null, null, null, 1_000), Ct)).Lines.Select(line => line.Text)];

    private static VmLogLine Line(int second, string text, string stream = "stdout") => new(Morning.AddSeconds(second), stream, text);

    private sealed class OneSecret : SecretClient
    {
        public override Task<Response<KeyVaultSecret>> GetSecretAsync(
            string name, string? version = null, SecretContentType? outContentType = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(Answer(name));

        public override Task<Response<KeyVaultSecret>> SetSecretAsync(
            string name, string value, CancellationToken cancellationToken = default) => Task.FromResult(Answer(name));

        private static Response<KeyVaultSecret> Answer(string name) => Response.FromValue(
            SecretModelFactory.KeyVaultSecret(SecretModelFactory.SecretProperties(name: name, version: "1"), Secret), null!);
    }
}
