using Azure;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;

namespace Launchpad.Local.Tests;

/// <summary>Key Vault as the official client meets it, with the official managed identity credential.</summary>
[Collection(ManagedIdentity.Collection)]
public sealed class KeyVaultTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private readonly SecretClient _client = ManagedIdentity.SecretClient(cloud);
    private readonly string _name = "s-" + Guid.NewGuid().ToString("n");

    private Uri List => TestCloud.Address(cloud.Ports.KeyVault, "/secrets?api-version=7.4", https: true);

    [Fact]
    public async Task Versions_are_kept_and_the_newest_is_given()
    {
        var first = await _client.SetSecretAsync(_name, "one");
        var second = await _client.SetSecretAsync(_name, "two\n\u0000é");

        Assert.Equal("two\n\u0000é", (await _client.GetSecretAsync(_name)).Value.Value);
        Assert.Equal("one", (await _client.GetSecretAsync(_name, first.Value.Properties.Version)).Value.Value);
        var versions = await _client.GetPropertiesOfSecretVersionsAsync(_name).Select(version => version.Version).ToListAsync();
        Assert.Equal(
            new[] { first.Value.Properties.Version, second.Value.Properties.Version }.Order(), versions.Order());
        Assert.Equal("Recoverable+Purgeable", second.Value.Properties.RecoveryLevel);
    }

    [Fact]
    public async Task Properties_can_be_changed_and_the_value_stays()
    {
        var secret = (await _client.SetSecretAsync(new KeyVaultSecret(_name, "value")
        {
            Properties = { ContentType = "text/plain", Tags = { ["owner"] = "tests" }, ExpiresOn = DateTimeOffset.UtcNow.AddDays(1) },
        })).Value;
        Assert.Equal("tests", secret.Properties.Tags["owner"]);

        secret.Properties.Enabled = false;
        var changed = (await _client.UpdateSecretPropertiesAsync(secret.Properties)).Value;
        Assert.False(changed.Enabled);
        Assert.Equal("text/plain", changed.ContentType);
        var refused = await Assert.ThrowsAsync<RequestFailedException>(() => _client.GetSecretAsync(_name));
        Assert.Equal((403, "Forbidden"), (refused.Status, refused.ErrorCode));

        changed.Enabled = true;
        await _client.UpdateSecretPropertiesAsync(changed);
        Assert.Equal("value", (await _client.GetSecretAsync(_name)).Value.Value);
    }

    [Fact]
    public async Task A_deleted_secret_can_be_recovered_until_it_is_purged()
    {
        await _client.SetSecretAsync(_name, "value");
        var deletion = await _client.StartDeleteSecretAsync(_name);
        var deleted = (await deletion.WaitForCompletionAsync()).Value;
        Assert.NotNull(deleted.ScheduledPurgeDate);
        Assert.Equal(404, (await Assert.ThrowsAsync<RequestFailedException>(() => _client.GetSecretAsync(_name))).Status);
        var refused = await Assert.ThrowsAsync<RequestFailedException>(() => _client.SetSecretAsync(_name, "again"));
        Assert.Equal("Conflict", refused.ErrorCode);
        Assert.Contains(_name, await _client.GetDeletedSecretsAsync().Select(secret => secret.Name).ToListAsync());

        await (await _client.StartRecoverDeletedSecretAsync(_name)).WaitForCompletionAsync();
        Assert.Equal("value", (await _client.GetSecretAsync(_name)).Value.Value);

        await (await _client.StartDeleteSecretAsync(_name)).WaitForCompletionAsync();
        await _client.PurgeDeletedSecretAsync(_name);
        Assert.Equal(404, (await Assert.ThrowsAsync<RequestFailedException>(() => _client.GetDeletedSecretAsync(_name))).Status);
        await _client.SetSecretAsync(_name, "new life");
    }

    [Fact]
    public async Task A_backup_brings_every_version_back()
    {
        var first = await _client.SetSecretAsync(_name, "one");
        await _client.SetSecretAsync(_name, "two");
        var backup = (await _client.BackupSecretAsync(_name)).Value;
        await (await _client.StartDeleteSecretAsync(_name)).WaitForCompletionAsync();
        await _client.PurgeDeletedSecretAsync(_name);

        await _client.RestoreSecretBackupAsync(backup);
        Assert.Equal("two", (await _client.GetSecretAsync(_name)).Value.Value);
        Assert.Equal("one", (await _client.GetSecretAsync(_name, first.Value.Properties.Version)).Value.Value);
        backup[^1] ^= 1;
        Assert.Equal(400, (await Assert.ThrowsAsync<RequestFailedException>(() => _client.RestoreSecretBackupAsync(backup))).Status);
    }

    [Fact]
    public async Task Long_lists_come_in_pages()
    {
        var names = Enumerable.Range(0, 60).Select(n => $"{_name}-{n:00}").ToList();
        names.ForEach(name => cloud.Context.Vault.Seed(name, () => "x"));

        var pages = await _client.GetPropertiesOfSecretsAsync().AsPages(pageSizeHint: 25).ToListAsync();
        Assert.True(pages.Count >= 3);
        Assert.Empty(names.Except(pages.SelectMany(page => page.Values).Select(secret => secret.Name)));
    }

    [Fact]
    public async Task Values_are_sealed_on_disk_and_survive_a_restart()
    {
        var canary = "canary-" + Guid.NewGuid();
        await _client.SetSecretAsync(_name, canary);

        foreach (var file in Directory.EnumerateFiles(cloud.Context.Home.State))
        {
            Assert.DoesNotContain(canary, await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        }

        Assert.Equal(canary, new KeyVault.Vault(cloud.Context.Home, TimeProvider.System).Value(_name));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(cloud.Context.Home.KeyPath("keyvault")));
    }

    [Theory]
    [InlineData("https://management.azure.com", "invalid audience")]
    [InlineData(null, "missing a Bearer token")]
    public async Task Without_a_token_for_the_vault_there_is_a_challenge(string? audience, string reason)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, List);
        if (audience is not null)
        {
            request.Headers.Authorization = new("Bearer", cloud.Context.Tokens.Issue(audience).Token);
        }

        using var answer = await cloud.Client.SendAsync(request);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("resource=\"https://vault.azure.net\"", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forged_token_is_refused()
    {
        var parts = cloud.Context.Tokens.Issue("https://vault.azure.net").Token.Split('.');
        var other = new Identity.Tokens(new byte[32], TimeProvider.System).Issue("https://vault.azure.net").Token.Split('.');
        using var request = new HttpRequestMessage(HttpMethod.Get, List);
        request.Headers.Authorization = new("Bearer", $"{parts[0]}.{parts[1]}.{other[2]}");

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await cloud.Client.SendAsync(request)).StatusCode);
    }
}
