using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Local.Tests;

/// <summary>A built site as the pocket cloud serves it, with the API beneath it.</summary>
public sealed class ServingTests : IAsyncLifetime
{
    private const string Policy = "default-src 'none'; script-src 'self'";
    private const string Immutable = "public, max-age=31536000, immutable";

    private static readonly string Script = "export const text = \"" + new string('a', 5000) + "\";\n";

    private readonly TestCloud _cloud = new();
    private readonly HttpClient _browser = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false });
    private WebApplication? _api;

    public async Task InitializeAsync()
    {
        Write("index.html", "<!doctype html><title>Launchpad</title>");
        Write("theme.js", "document.documentElement.dataset.theme = 'dark';");
        Write("404.html", "<!doctype html><title>Nothing here</title>");
        Write("assets/main-1a2b.js", Script);
        Write("assets/inter.woff2", "a font");
        Write("manifest.webmanifest", "{}");
        Write("staticwebapp.config.json", $$"""
            {
              "$schema": "https://json.schemastore.org/staticwebapp.config.json",
              "navigationFallback": { "rewrite": "/index.html", "exclude": ["/assets/*", "*.{png,ico}"] },
              "globalHeaders": { "Content-Security-Policy": "{{Policy}}", "Cache-Control": "no-cache", "X-Robots": "none" },
              "routes": [
                { "route": "/assets/*", "headers": { "Cache-Control": "{{Immutable}}", "X-Robots": "" } },
                { "route": "/old", "redirect": "/bots", "statusCode": 301 },
                { "route": "/.auth/*", "statusCode": 404 },
                { "route": "/welcome", "rewrite": "/index.html" }
              ],
              "mimeTypes": { ".woff2": "font/woff2" },
              "responseOverrides": { "404": { "rewrite": "/404.html" } }
            }
            """);
        File.WriteAllText(Path.Combine(Folder, "..", "secret.txt"), "not for visitors");
        File.CreateSymbolicLink(Path.Combine(Folder, "link.txt"), Path.Combine(Folder, "..", "secret.txt"));
        await _cloud.StartAsync();
    }

    public async Task DisposeAsync()
    {
        _browser.Dispose();
        if (_api is not null)
        {
            await _api.DisposeAsync();
        }

        await _cloud.DisposeAsync();
    }

    [Theory]
    [InlineData("/", "text/html; charset=utf-8")]
    [InlineData("/index.html", "text/html; charset=utf-8")]
    [InlineData("/theme.js", "text/javascript; charset=utf-8")]
    [InlineData("/assets/inter.woff2", "font/woff2")]
    [InlineData("/manifest.webmanifest", "application/manifest+json; charset=utf-8")]
    public async Task Every_file_has_its_type_and_the_headers_of_all(string path, string type)
    {
        using var answer = await GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(Policy, Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
    }

    [Theory]
    [InlineData("/bots/dep_1/config")]
    [InlineData("/paid?deployment=dep_1&cancelled")]
    [InlineData("/welcome")]
    [InlineData("/apis")]
    public async Task A_route_of_the_app_is_its_page(string path)
    {
        using var answer = await GetAsync(path);
        Assert.Equal((HttpStatusCode.OK, "no-cache"), (answer.StatusCode, answer.Headers.CacheControl!.ToString()));
        Assert.Contains("<title>Launchpad", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/assets/gone-3c4d.js")]
    [InlineData("/deep/gone.png")]
    [InlineData("/.auth/login/github")]
    [InlineData("/staticwebapp.config.json")]
    public async Task What_is_not_there_is_not_the_page_and_not_kept(string path)
    {
        using var answer = await GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("Nothing here", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_adds_to_the_headers_of_all_and_takes_from_them()
    {
        using var answer = await GetAsync("/assets/main-1a2b.js");
        Assert.Equal(Immutable, Assert.Single(answer.Headers.GetValues("Cache-Control")));
        Assert.False(answer.Headers.Contains("X-Robots"));
        using var moved = await GetAsync("/old");
        Assert.Equal((HttpStatusCode.MovedPermanently, "/bots"), (moved.StatusCode, moved.Headers.Location!.ToString()));
    }

    [Fact]
    public async Task There_is_one_origin()
    {
        using var moved = await _browser.GetAsync(new Uri($"http://127.0.0.1:{_cloud.Ports.Site}/bots/dep_1?tab=logs"));
        Assert.Equal(
            (HttpStatusCode.TemporaryRedirect, Address("/bots/dep_1?tab=logs")), (moved.StatusCode, moved.Headers.Location));
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("br;q=0, *", "gzip")]
    [InlineData("identity", null)]
    [InlineData(null, null)]
    public async Task It_is_as_small_as_the_client_takes(string? accepted, string? coding)
    {
        using var answer = await GetAsync("/assets/main-1a2b.js", ("Accept-Encoding", accepted));
        Assert.Equal(coding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal("Accept-Encoding", Assert.Single(answer.Headers.Vary));
        var sent = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(sent.Length, answer.Content.Headers.ContentLength);
        Assert.Equal(coding is null, sent.Length >= Script.Length);
        using Stream read = coding switch
        {
            "br" => new BrotliStream(new MemoryStream(sent), CompressionMode.Decompress),
            "gzip" => new GZipStream(new MemoryStream(sent), CompressionMode.Decompress),
            _ => new MemoryStream(sent),
        };
        Assert.Equal(Script, await new StreamReader(read).ReadToEndAsync());
    }

    [Fact]
    public async Task What_a_client_has_is_not_sent_again_and_each_coding_has_its_tag()
    {
        using var plain = await GetAsync("/assets/main-1a2b.js");
        using var small = await GetAsync("/assets/main-1a2b.js", ("Accept-Encoding", "br"));
        Assert.NotEqual(plain.Headers.ETag!.Tag, small.Headers.ETag!.Tag);
        foreach (var known in (string[])[plain.Headers.ETag.Tag, $"\"other\", W/{plain.Headers.ETag.Tag}", "*"])
        {
            using var again = await GetAsync("/assets/main-1a2b.js", ("If-None-Match", known));
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            Assert.Equal((plain.Headers.ETag.Tag, Immutable), (again.Headers.ETag!.Tag, Assert.Single(again.Headers.GetValues("Cache-Control"))));
            Assert.Empty(await again.Content.ReadAsByteArrayAsync());
        }

        using var other = await GetAsync("/assets/main-1a2b.js", ("If-None-Match", small.Headers.ETag.Tag));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task A_new_build_is_served_without_a_restart()
    {
        using var before = await GetAsync("/");
        Write("index.html", "<!doctype html><title>Launchpad, the next</title>");
        for (var i = 0; ; i++)
        {
            using var after = await GetAsync("/");
            if ((await after.Content.ReadAsStringAsync()).Contains("the next", StringComparison.Ordinal))
            {
                Assert.NotEqual(before.Headers.ETag!.Tag, after.Headers.ETag!.Tag);
                return;
            }

            Assert.True(i < 50, "It never came.");
            await Task.Delay(100);
        }
    }

    [Fact]
    public async Task A_head_is_an_answer_without_its_body_and_nothing_else_is_taken()
    {
        using var head = await _browser.SendAsync(new(HttpMethod.Head, Address("/assets/main-1a2b.js")));
        Assert.Equal((HttpStatusCode.OK, (long)Script.Length), (head.StatusCode, head.Content.Headers.ContentLength));
        using var post = await _browser.PostAsync(Address("/bots"), new StringContent("x"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
        Assert.Equal(["GET", "HEAD"], post.Content.Headers.Allow.Order());
    }

    [Theory]
    [InlineData("/../secret.txt")]
    [InlineData("/assets/../../secret.txt")]
    [InlineData("/%2e%2e/secret.txt")]
    [InlineData("/..%2fsecret.txt")]
    [InlineData("/assets/..%2f..%2fsecret.txt")]
    [InlineData("/..%5csecret.txt")]
    [InlineData("//../secret.txt")]
    [InlineData("/%00/../secret.txt")]
    [InlineData("/link.txt")]
    public async Task Nothing_outside_the_folder_is_shown(string path)
    {
        // A client of HTTP would tidy the path before it sends it.
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _cloud.Ports.Site);
        var wire = socket.GetStream();
        await wire.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        var answer = await new StreamReader(wire).ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("not for visitors", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_api_is_beneath_the_same_origin_with_its_own_headers()
    {
        await ApiAsync(call =>
        {
            call.Response.Headers.CacheControl = "no-store";
            call.Response.Headers.SetCookie = "__Host-launchpad=t; path=/; secure; httponly";
            return call.Response.WriteAsync($"{call.Request.Method} {call.Request.Path}{call.Request.QueryString} {call.Request.Headers.Origin}");
        });
        using var request = new HttpRequestMessage(HttpMethod.Patch, Address("/api/deployments/dep_1?x=%2F"))
        {
            Headers = { { "Origin", "http://localhost" } },
            Content = new StringContent("{}"),
        };
        using var answer = await _browser.SendAsync(request);
        Assert.Equal("PATCH /api/deployments/dep_1?x=%2F http://localhost", await answer.Content.ReadAsStringAsync());
        Assert.Equal("no-store", Assert.Single(answer.Headers.GetValues("Cache-Control")));
        Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.False(answer.Headers.Contains("Content-Security-Policy"));
    }

    [Fact]
    public async Task An_event_of_the_api_passes_when_it_happens()
    {
        var next = new TaskCompletionSource();
        await ApiAsync(async call =>
        {
            call.Response.ContentType = "text/event-stream";
            await call.Response.WriteAsync("data: 1\n\n");
            await call.Response.Body.FlushAsync();
            await next.Task;
            await call.Response.WriteAsync("data: 2\n\n");
        });
        using var answer = await _browser.GetAsync(Address("/api/events"), HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("data: 1", await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)));
        next.SetResult();
        Assert.Contains("data: 2", await lines.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_that_was_never_built_says_how_it_is()
    {
        using var other = new TestCloud();
        await other.StartAsync();
        using var answer = await _browser.GetAsync(TestCloud.Address(other.Ports.Site));
        await other.DisposeAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("./launchpad up", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private string Folder => _cloud.Context.Site;

    private Uri Address(string path) => TestCloud.Address(_cloud.Ports.Site, path);

    private async Task<HttpResponseMessage> GetAsync(string path, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(path));
        foreach (var (name, value) in headers.Where(header => header.Value is not null))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _browser.SendAsync(request);
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private async Task ApiAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{_cloud.Ports.ControlPlane}");
        _api = builder.Build();
        _api.Run(answer);
        await _api.StartAsync();
    }
}
