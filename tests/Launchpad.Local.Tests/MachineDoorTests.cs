using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Local.Tests;

/// <summary>What a machine reaches of the control plane, with a server behind the door that a test controls.</summary>
public sealed class MachineDoorTests(TestCloud cloud) : IClassFixture<TestCloud>, IAsyncLifetime
{
    private readonly List<(string Path, string Proof, string Body)> heard = [];
    private WebApplication? behind;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{cloud.Ports.ControlPlane}");
        behind = builder.Build();
        behind.Run(async call =>
        {
            using var body = new StreamReader(call.Request.Body);
            heard.Add((call.Request.Path, call.Request.Headers["Launchpad-Signature"].ToString(), await body.ReadToEndAsync()));
            call.Response.StatusCode = 204;
        });
        await behind.StartAsync();
    }

    public async Task DisposeAsync() => await behind!.DisposeAsync();

    [Fact]
    public async Task A_heartbeat_passes_as_it_is()
    {
        using var machine = Machine();
        using var post = new HttpRequestMessage(HttpMethod.Post, "/api/machines/vm_1/heartbeat")
        {
            Content = new StringContent("{ \"a\": 1 }"),
        };
        post.Headers.Add("Launchpad-Signature", "sig+/=");
        using var answer = await machine.SendAsync(post);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(("/api/machines/vm_1/heartbeat", "sig+/=", "{ \"a\": 1 }"), Assert.Single(heard));
    }

    [Theory]
    [InlineData("GET", "/api/machines/vm_1/heartbeat")]
    [InlineData("POST", "/api/deployments")]
    [InlineData("POST", "/api/machines/../deployments")]
    [InlineData("POST", "/api/machines/%2e%2e/deployments")]
    [InlineData("GET", "/admin/host/status")]
    [InlineData("POST", "/")]
    public async Task Nothing_else_does(string method, string path)
    {
        using var machine = Machine();
        using var request = new HttpRequestMessage(
            new(method), new Uri("http://door" + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        using var answer = await machine.SendAsync(request);
        Assert.NotEqual(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Empty(heard);
    }

    private HttpClient Machine()
    {
        var client = Sockets.Client(cloud.Context.Home.SocketPath("control-plane.sock"));
        client.BaseAddress = new Uri("http://door");
        return client;
    }
}
