using System.Net;
using System.Net.Http.Json;
using Launchpad.Local.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Local.Tests;

/// <summary>What a machine reaches of the storage, with a server behind the door that a test controls.</summary>
public sealed class BackupDoorTests(TestCloud cloud) : IClassFixture<TestCloud>, IAsyncLifetime
{
    private const string Backups = $"/{StorageService.Account}/backups";

    private readonly List<string> heard = [];
    private readonly TaskCompletionSource<byte[]> first = new();
    private WebApplication? behind;

    public async Task InitializeAsync()
    {
        cloud.Context.Faults.Clear();
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{cloud.Ports.AzuriteBlob}");
        behind = builder.Build();
        behind.Run(async call =>
        {
            heard.Add($"{call.Request.Method} {call.Request.Host} {call.Features.Get<IHttpRequestFeature>()!.RawTarget}");
            var piece = new byte[4];
            if (await call.Request.Body.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false) > 0)
            {
                first.TrySetResult(piece);
                await call.Request.Body.CopyToAsync(Stream.Null);
            }

            call.Response.StatusCode = 201;
        });
        await behind.StartAsync();
    }

    public async Task DisposeAsync() => await behind!.DisposeAsync();

    [Fact]
    public async Task What_is_asked_with_a_signature_arrives_as_it_was_sent()
    {
        const string Target = $"{Backups}/dep_1/bak%201?comp=appendblock&sp=ac&sig=a%2Bb%3D";
        Assert.Equal(HttpStatusCode.Created, await AskAsync("PUT", Target));
        Assert.Equal([$"PUT 10.254.0.1:9002 {Target}"], heard);
    }

    [Fact]
    public async Task A_block_passes_while_it_is_being_sent()
    {
        using var machine = Machine();
        using var block = new Halves(first.Task);
        using var answer = await machine.PutAsync(Address($"{Backups}/bak_1?sig=x"), block);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Theory]
    [InlineData($"{Backups}/bak_1")]
    [InlineData($"{Backups}/bak_1?sig=")]
    [InlineData($"{Backups}/bak_1?comp=appendblock&Signature=x")]
    [InlineData($"{Backups}?restype=container&comp=list&sig=x")]
    [InlineData($"{Backups}/?restype=container&comp=list&sig=x")]
    [InlineData($"/{StorageService.Account}?comp=list&sig=x")]
    [InlineData($"/{StorageService.Account}/certificates/a?sig=x")]
    [InlineData($"/{StorageService.Account}/backups2/a?sig=x")]
    [InlineData($"{Backups}/../certificates/a?sig=x")]
    [InlineData($"{Backups}/%2e%2e/certificates/a?sig=x")]
    [InlineData($"/{StorageService.Account}/certificates/../backups/a?sig=x")]
    [InlineData("/otheraccount/backups/a?sig=x")]
    public async Task Nothing_else_does(string target)
    {
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync("GET", target));
        Assert.Empty(heard);
    }

    [Fact]
    public async Task Its_faults_are_not_those_of_the_storage()
    {
        const string Target = $"{Backups}/bak_1?sig=x";
        var storage = TestCloud.Address(cloud.Ports.Blob, Target);

        await FaultAsync("blobs");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await AskAsync("GET", Target));
        Assert.Equal(HttpStatusCode.Created, (await cloud.Client.GetAsync(storage)).StatusCode);

        await FaultAsync("storage");
        Assert.Equal(HttpStatusCode.Created, await AskAsync("GET", Target));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await cloud.Client.GetAsync(storage)).StatusCode);
    }

    private static Uri Address(string target) =>
        new("http://10.254.0.1:9002" + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private async Task<HttpStatusCode> AskAsync(string method, string target)
    {
        using var machine = Machine();
        using var request = new HttpRequestMessage(new(method), Address(target));
        using var answer = await machine.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task FaultAsync(string service)
    {
        object[] rules = [new { service, fault = "failBefore" }];
        using var answer = await cloud.Client.PutAsJsonAsync(TestCloud.Address(cloud.Ports.Admin, "/faults"), new { rules });
        answer.EnsureSuccessStatusCode();
    }

    private HttpClient Machine() => Sockets.Client(cloud.Context.Home.SocketPath("blobs.sock"));

    /// <summary>The length of an append block; the second half is sent once the first was received.</summary>
    private sealed class Halves(Task received) : HttpContent
    {
        private readonly byte[] half = new byte[2 * 1024 * 1024];

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(half);
            await stream.FlushAsync();
            await received.WaitAsync(TimeSpan.FromSeconds(30));
            await stream.WriteAsync(half);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 2 * half.Length;
            return true;
        }
    }
}
