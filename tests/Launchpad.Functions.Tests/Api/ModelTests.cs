using System.Net;
using Launchpad.Host.Tests;
using Launchpad.Processes;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Secrets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions.Tests.Api;

/// <summary>The language models that a bot can be given, as their provider tells them.</summary>
[Collection(ApiCollection.Name)]
public sealed class ModelTests(LaunchpadApi api)
{
    [Fact]
    public async Task What_the_provider_has_is_listed_the_usual_one_first()
    {
        using var owner = await api.SignedUpAsync();
        var list = await owner.GetAsync("models");
        Assert.Equal("launchpad-mini", list.GetProperty("default").GetString());
        Assert.Equal(["launchpad-mini", "launchpad-large"], list.GetProperty("models").EnumerateArray().Select(name => name.GetString()));
        Assert.True(list.GetProperty("complete").GetBoolean());
    }

    [Theory]
    [InlineData(200, """{"data":[{"id":"b"},{"id":"a"},{"id":"b"},{},{"id":null}],"more":1}""", "a b")]
    [InlineData(200, """{"data":[]}""", "")]
    [InlineData(200, "{}", "")]
    [InlineData(200, "null", "")]
    [InlineData(200, "<html>", null)]
    [InlineData(200, """{"data":5}""", null)]
    [InlineData(401, """{"data":[{"id":"a"}]}""", null)]
    [InlineData(503, "", null)]
    [InlineData(307, "", null)]
    public async Task What_the_provider_says_is_taken_for_what_it_is(int status, string body, string? names)
    {
        var asked = new List<string>();
        await using var provider = await ProviderAsync(call =>
        {
            asked.Add($"{call.Request.Path} {call.Request.Headers.Authorization}");
            call.Response.StatusCode = status;
            call.Response.Headers.Location = "/elsewhere";
            call.Response.ContentType = "application/json";
            return call.Response.WriteAsync(body);
        });
        using var catalog = Catalog(new Uri($"{provider.Urls.Single()}/v1"), new ManualTime(DateTimeOffset.UtcNow));

        var told = await catalog.NamesAsync(CancellationToken.None);

        Assert.Equal(names, told is null ? null : string.Join(' ', told));
        var key = await api.Service<SecretVault>().GetAsync("platform-model-key", CancellationToken.None);
        Assert.Equal($"/v1/models Bearer {key}", Assert.Single(asked));
    }

    [Fact]
    public async Task It_is_asked_again_after_minutes_and_sooner_when_it_did_not_say()
    {
        var (asked, status) = (0, 503);
        await using var provider = await ProviderAsync(call =>
        {
            asked++;
            call.Response.StatusCode = status;
            return call.Response.WriteAsync("""{"data":[{"id":"a"}]}""");
        });
        var clock = new ManualTime(DateTimeOffset.UtcNow);
        using var catalog = Catalog(new Uri(provider.Urls.Single()), clock);

        Assert.Null(await catalog.NamesAsync(CancellationToken.None));
        Assert.Null(await catalog.NamesAsync(CancellationToken.None));
        Assert.Equal(1, asked);
        status = 200;
        clock.Skip(TimeSpan.FromSeconds(31));
        Assert.Equal(["a"], await catalog.NamesAsync(CancellationToken.None));
        status = 503;
        clock.Skip(TimeSpan.FromMinutes(9));
        Assert.Equal(["a"], await catalog.NamesAsync(CancellationToken.None));
        clock.Skip(TimeSpan.FromMinutes(2));
        Assert.Null(await catalog.NamesAsync(CancellationToken.None));
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task A_provider_that_is_not_there_costs_no_error()
    {
        using var catalog = Catalog(new Uri($"http://127.0.0.1:{FreePort.Take()}"), TimeProvider.System);
        Assert.Null(await catalog.NamesAsync(CancellationToken.None));
    }

    private ModelCatalog Catalog(Uri at, TimeProvider clock) => new(
        api.Service<SecretVault>(), Options.Create(new ModelOptions { CatalogUrl = at }), clock, NullLogger<ModelCatalog>.Instance);

    private static async Task<WebApplication> ProviderAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var provider = builder.Build();
        provider.Run(answer);
        await provider.StartAsync();
        return provider;
    }
}
