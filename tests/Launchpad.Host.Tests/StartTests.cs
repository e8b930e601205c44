namespace Launchpad.Host.Tests;

/// <summary>What cannot be run is refused in words, within seconds, with an exit code.</summary>
public sealed class StartTests(Storage storage) : IClassFixture<Storage>
{
    [Theory]
    [InlineData("AzureFunctionsJobHost__functionTimeout", "soon", "functionTimeout")]
    [InlineData("AzureFunctionsJobHost__extensions__http__maxConcurrentRequests", "many", "maxConcurrentRequests")]
    [InlineData("AzureFunctionsJobHost__extensions__http__maxOutstandingRequests", "0", "maxOutstandingRequests")]
    [InlineData("AzureFunctionsJobHost__extensions__http__routePrefix", "elsewhere", "routePrefix")]
    [InlineData("AzureFunctionsJobHost__extensions__http__customHeaders__X-Bad", "two\nlines", "customHeaders")]
    [InlineData("AzureFunctionsJobHost__extensions__durableTask__storageProvider__partitionCount", "99", "PartitionCount")]
    [InlineData("Host__CORS", "https://a.example.org/,*", "Host__CORS")]
    [InlineData("AzureWebJobsStorage", "", "AzureWebJobsStorage")]
    [InlineData("Sample__Nightly", "every day", "every day")]
    [InlineData("Sample__Broken", "I will not", "I will not")]
    public async Task A_setting_that_makes_no_sense_ends_the_start_with_its_name(string name, string value, string words)
    {
        using var folder = new SampleFolder(storage, (name, value));
        if (name is "Host__CORS")
        {
            folder.Set(("Host__CORSCredentials", "true"));
        }

        await using var host = HostProcess.Launch(folder, SampleFolder.App);
        Assert.Equal(1, await host.ExitAsync());
        Assert.Contains(host.Log, line => line.Contains(words, StringComparison.Ordinal));
        Assert.Contains(host.Log, line => line.StartsWith("The host does not start: ", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Log, line => line.StartsWith("Unhandled exception", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_folder_without_an_app_or_with_half_a_host_json_is_refused()
    {
        using var folder = new SampleFolder(storage);
        var empty = Directory.CreateTempSubdirectory("launchpad-no-app-").FullName;
        await using (var host = HostProcess.Launch(folder, empty))
        {
            Assert.Equal(1, await host.ExitAsync());
            Assert.Contains(host.Log, line => line.Contains("There is no functions app in", StringComparison.Ordinal));
        }

        await File.WriteAllTextAsync(Path.Combine(empty, "host.json"), "{ \"version\": ");
        await using (var host = HostProcess.Launch(folder, empty))
        {
            Assert.Equal(1, await host.ExitAsync());
            var refusal = Assert.Single(host.Log, line => line.StartsWith("The host does not start: ", StringComparison.Ordinal));
            Assert.Contains("host.json", refusal, StringComparison.Ordinal);
        }

        Directory.Delete(empty, recursive: true);
    }

    [Fact]
    public async Task An_app_that_ends_before_it_is_ready_is_started_once_more()
    {
        using var folder = new SampleFolder(storage, ("Sample__DiesAtStart", "1"));
        await using var host = await HostProcess.StartAsync(folder);
        await folder.WritesAsync("dies in start");
        Assert.Equal((200, "GET done"), await host.GetAsync("/api/slow/0"));
        folder.Set(("Sample__DiesAtStart", "3"));
        await using var next = HostProcess.Launch(folder, SampleFolder.App);
        Assert.Equal(1, await next.ExitAsync());
        Assert.Contains(next.Log, line => line.StartsWith("The host does not start: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_master_key_nobody_is_the_master()
    {
        using var folder = new SampleFolder(storage, ("AzureFunctionsJobHost__MasterKey", ""));
        await using var host = await HostProcess.StartAsync(folder);
        using var response = await host.SendAsync("GET", "/admin/functions", "");
        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal(401, (int)(await host.SendAsync("GET", "/api/for-admins", "")).StatusCode);
    }
}
