using Launchpad.Shared.Images;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Launchpad.Images.Tests;

public sealed class RegistryClientTests
{
    [Fact]
    public async Task A_registry_that_is_not_there_may_come_back()
    {
        using var client = Client(FreePort.Take(), TimeSpan.FromSeconds(2));

        var refusal = await Assert.ThrowsAsync<ImageRejectedException>(() => client.FindManifestAsync("a/b", "1", default));

        Assert.Equal("registry-unavailable", refusal.Code);
        Assert.True(refusal.Retryable);
    }

    [Fact]
    public async Task A_busy_registry_is_asked_again()
    {
        var asked = 0;
        await using var server = await ServeAsync(async context =>
        {
            context.Response.StatusCode = ++asked switch { 1 => 503, 2 => 429, _ => 200 };
            context.Response.Headers.RetryAfter = asked is 2 ? "0" : default;
            await context.Response.WriteAsync("{}");
        });
        using var client = Client(PortOf(server), TimeSpan.FromSeconds(20));

        var manifest = await client.FindManifestAsync("a/b", "1", default);

        Assert.Equal("{}"u8.ToArray(), manifest!.Content);
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task A_registry_that_never_finishes_an_answer_is_given_up()
    {
        await using var server = await ServeAsync(async context =>
        {
            await context.Response.WriteAsync("{");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using var client = Client(PortOf(server), TimeSpan.FromSeconds(1));

        var refusal = await Assert.ThrowsAsync<ImageRejectedException>(() => client.FindManifestAsync("a/b", "1", default));

        Assert.Equal("registry-unavailable", refusal.Code);
    }

    [Fact]
    public async Task A_registry_that_wants_a_token_from_everybody_gets_one_and_no_other_server_sees_it()
    {
        var digest = ImageName.DigestOf("{}"u8);
        var elsewhere = new List<string>();
        await using var storage = await ServeAsync(async context =>
        {
            elsewhere.Add(context.Request.Headers.Authorization.ToString());
            await context.Response.WriteAsync("{}");
        });
        await using var server = await ServeAsync(async context =>
        {
            var origin = $"http://{context.Request.Host}";
            if (context.Request.Path == "/oauth2/token")
            {
                var wants = $"{context.Request.Query["service"]} {context.Request.Query["scope"]}";
                context.Response.StatusCode = wants == "the registry repository:a/b:pull" ? 200 : 400;
                await context.Response.WriteAsJsonAsync(new { access_token = "for-anybody" });
            }
            else if (context.Request.Headers.Authorization != "Bearer for-anybody")
            {
                context.Response.StatusCode = 401;
                context.Response.Headers.WWWAuthenticate =
                    $"Bearer realm=\"{origin}/oauth2/token\",service=\"the registry\",scope=\"repository:a/b:pull\"";
            }
            else if (context.Request.Path.StartsWithSegments("/v2/a/b/blobs"))
            {
                context.Response.Redirect($"http://127.0.0.1:{PortOf(storage)}/blob");
            }
            else
            {
                await context.Response.WriteAsync("{}");
            }
        });
        using var client = Client(PortOf(server), TimeSpan.FromSeconds(20));

        Assert.Equal("{}"u8.ToArray(), (await client.FindManifestAsync("a/b", "1", default))!.Content);
        Assert.Equal("{}"u8.ToArray(), await client.FindBlobAsync("a/b", digest, 100, default));
        Assert.Equal([""], elsewhere);
    }

    [Theory]
    [InlineData("Basic realm=\"closed\"")]
    [InlineData("Bearer service=\"nobody says where\"")]
    [InlineData("Bearer realm=\"https://127.0.0.1:1/token\"")]
    [InlineData("Bearer realm=\"{origin}/no-such-desk\"")]
    public async Task A_registry_that_gives_no_token_is_not_read(string challenge)
    {
        await using var server = await ServeAsync(context =>
        {
            context.Response.StatusCode = context.Request.Path.StartsWithSegments("/v2") ? 401 : 404;
            context.Response.Headers.WWWAuthenticate = challenge.Replace("{origin}", $"http://{context.Request.Host}", StringComparison.Ordinal);
            return Task.CompletedTask;
        });
        using var client = Client(PortOf(server), TimeSpan.FromSeconds(20));

        var refusal = await Assert.ThrowsAsync<ImageRejectedException>(() => client.FindManifestAsync("a/b", "1", default));

        Assert.Contains("HTTP 401", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_without_end_is_cut_off()
    {
        await using var server = await ServeAsync(async context =>
        {
            var block = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(block);
            }
        });
        using var client = Client(PortOf(server), TimeSpan.FromSeconds(20));

        var refusal = await Assert.ThrowsAsync<ImageRejectedException>(() => client.FindManifestAsync("a/b", "1", default));

        Assert.Equal("digest-mismatch", refusal.Code);
    }

    [Theory]
    [InlineData("a/../b", "1")]
    [InlineData("a/b", "../../secrets")]
    [InlineData("a/b", "sha256:short")]
    [InlineData("A/b", "1")]
    [InlineData("", "1")]
    [InlineData("a/b", "1\n")]
    public async Task A_name_cannot_bend_the_path(string repository, string reference)
    {
        using var client = Client(FreePort.Take(), TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<ArgumentException>(() => client.FindManifestAsync(repository, reference, default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")]
    public void Without_a_usable_key_nothing_starts(string pem)
    {
        using var client = Client(FreePort.Take(), TimeSpan.FromSeconds(1));

        Assert.ThrowsAny<Exception>(() => new ImageVerifier(client, Options.Create(new ImageOptions { PublicKeyPem = pem })));
    }

    private static RegistryClient Client(int port, TimeSpan timeout) =>
        new(Options.Create(new ImageOptions { Registry = $"127.0.0.1:{port}", Scheme = "http", Timeout = timeout }));

    private static int PortOf(WebApplication server) => new Uri(server.Urls.Single()).Port;

    private static async Task<WebApplication> ServeAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.Run(answer);
        await server.StartAsync();
        return server;
    }
}
