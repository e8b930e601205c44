using System.Net.Http.Json;

namespace Launchpad.Host.Tests;

public sealed class BackupTests(SharedHost host) : IClassFixture<SharedHost>
{
    [Fact]
    public async Task A_backup_needs_the_master_key_and_an_absolute_path_and_overwrites_nothing()
    {
        var folder = Path.Combine(SampleHost.NewFolder(), "copy");
        Assert.Equal(401, await BackUpAsync(folder, key: null));
        Assert.Equal(400, await BackUpAsync("somewhere"));
        Assert.Equal(400, await BackUpAsync(null));
        Assert.False(Directory.Exists(folder));

        Assert.Equal(200, await BackUpAsync(folder));
        Assert.Equal(409, await BackUpAsync(folder));
        await using (await SampleHost.StartAsync(folder: folder))
        {
        }

        Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
    }

    private async Task<int> BackUpAsync(string? folder, string? key = SampleHost.MasterKey)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/backup") { Content = JsonContent.Create(new { folder }) };
        request.Headers.Add("x-functions-key", key ?? "");
        using var response = await host.App.Http.SendAsync(request);
        return (int)response.StatusCode;
    }
}
