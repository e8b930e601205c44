using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Local.Tests;

/// <summary>The door in front of the registry and the storage, with a server behind it that a test controls.</summary>
public sealed class ForwarderTests(TestCloud cloud) : IClassFixture<TestCloud>, IAsyncLifetime
{
    private WebApplication? _behind;

    [Fact]
    public async Task Path_query_and_host_arrive_byte_for_byte()
    {
        await BehindAsync(call =>
            call.Response.WriteAsync(call.Features.Get<IHttpRequestFeature>()!.RawTarget + " " + call.Request.Headers.Host));
        const string target = "/v2/a%2Fb/./%C3%A4%2e?sig=a%2Bb%3D&empty=&x=1+2";

        var raw = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        var address = new Uri(Address.ToString().TrimEnd('/') + target, raw);
        Assert.Equal($"{target} localhost:{cloud.Ports.Registry}", await cloud.Client.GetStringAsync(address));
    }

    [Fact]
    public async Task An_empty_body_keeps_its_length_and_no_body_has_none()
    {
        await BehindAsync(call => call.Response.WriteAsync(call.Request.ContentLength?.ToString() ?? "none"));

        using var put = await cloud.Client.PutAsync(Address, new ByteArrayContent([]));
        Assert.Equal("0", await put.Content.ReadAsStringAsync());
        Assert.Equal("none", await cloud.Client.GetStringAsync(Address));
    }

    [Fact]
    public async Task Large_bodies_pass_in_both_directions()
    {
        await BehindAsync(async call =>
        {
            call.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
            var all = new MemoryStream();
            await call.Request.Body.CopyToAsync(all);
            call.Response.Headers.ETag = "\"kept\"";
            await call.Response.Body.WriteAsync(all.ToArray());
        });
        var sent = new byte[64 * 1024 * 1024];
        Random.Shared.NextBytes(sent);

        using var answer = await cloud.Client.PostAsync(Address, new ByteArrayContent(sent));
        Assert.Equal("\"kept\"", answer.Headers.ETag!.Tag);
        var received = await answer.Content.ReadAsByteArrayAsync();
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Fact]
    public async Task An_answer_streams_while_it_is_being_made()
    {
        var first = new TaskCompletionSource();
        await BehindAsync(async call =>
        {
            await call.Response.WriteAsync("first");
            await call.Response.Body.FlushAsync();
            await first.Task;
            await call.Response.WriteAsync("second");
        });

        using var answer = await cloud.Client.GetAsync(Address, HttpCompletionOption.ResponseHeadersRead);
        var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[5];
        await body.ReadExactlyAsync(buffer);
        first.SetResult();
        Assert.Equal("second", await new StreamReader(body).ReadToEndAsync());
    }

    [Fact]
    public async Task Half_an_answer_is_never_taken_for_a_whole_one()
    {
        await BehindAsync(async call =>
        {
            await call.Response.WriteAsync("half");
            await call.Response.Body.FlushAsync();
            call.Abort();
        });

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => cloud.Client.GetStringAsync(Address));
    }

    [Fact]
    public async Task Statuses_and_redirects_are_those_of_the_server_behind()
    {
        await BehindAsync(call =>
        {
            call.Response.StatusCode = call.Request.Method == "HEAD" ? 200 : 307;
            call.Response.ContentLength = call.Request.Method == "HEAD" ? 1234 : 0;
            call.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        });
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });

        using var redirect = await client.GetAsync(Address);
        Assert.Equal((HttpStatusCode.TemporaryRedirect, "/elsewhere"), (redirect.StatusCode, redirect.Headers.Location!.ToString()));
        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, Address));
        Assert.Equal(1234, head.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Nobody_behind_is_a_bad_gateway()
    {
        using var answer = await cloud.Client.GetAsync(TestCloud.Address(cloud.Ports.Table));
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_behind is not null)
        {
            await _behind.DisposeAsync();
        }
    }

    private Uri Address => TestCloud.Address(cloud.Ports.Registry);

    private async Task BehindAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{cloud.Ports.RegistryBackend}");
        _behind = builder.Build();
        _behind.Run(answer);
        await _behind.StartAsync();
    }
}
