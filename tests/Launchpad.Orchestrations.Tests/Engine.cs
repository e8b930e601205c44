using System.Net;
using DurableTask.Core;
using Grpc.Net.Client;
using Launchpad.Durable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Grpc;
using Microsoft.DurableTask.Testing.Sidecar.Grpc;
using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask.Worker.Grpc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Launchpad.Orchestrations.Tests;

/// <summary>A store under the framework's own dispatcher, worker and client, which talk gRPC as between processes.</summary>
internal sealed class Engine : IAsyncDisposable
{
    private readonly WebApplication dispatcher;
    private readonly GrpcChannel channel;
    private readonly IHost worker;

    private Engine(WebApplication dispatcher, GrpcChannel channel, IHost worker) =>
        (this.dispatcher, this.channel, this.worker) = (dispatcher, channel, worker);

    public DurableTaskClient Client => worker.Services.GetRequiredService<DurableTaskClient>();

    /// <summary>On the embedded store, which the engine owns.</summary>
    public static Task<Engine> StartAsync(string directory, Action<DurableTaskRegistry> tasks) =>
        StartAsync(new SqliteOrchestrationService(new() { Directory = directory }), tasks);

    /// <summary>As the other, but whatever has to wait has waited long enough: its timers are due when they are made.</summary>
    public static Task<Engine> StartHastyAsync(string directory, Action<DurableTaskRegistry> tasks) =>
        StartAsync(new SqliteOrchestrationService(new() { Directory = directory, Time = new Later() }), tasks);

    public static async Task<Engine> StartAsync<T>(T store, Action<DurableTaskRegistry> tasks)
        where T : class, IOrchestrationService, IOrchestrationServiceClient
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2));
        builder.Services.AddRouting().AddGrpc();
        builder.Services.AddSingleton<IOrchestrationService>(_ => store).AddSingleton<IOrchestrationServiceClient>(store)
            .AddSingleton<TaskHubGrpcServer>();
        var dispatcher = builder.Build();
        dispatcher.UseRouting();
        dispatcher.MapGrpcService<TaskHubGrpcServer>();
        await dispatcher.StartAsync();
        var channel = GrpcChannel.ForAddress(dispatcher.Urls.Single());
        return new(dispatcher, channel, await WorkAsync(channel, tasks));
    }

    public async ValueTask DisposeAsync()
    {
        await worker.StopAsync();
        worker.Dispose();
        channel.Dispose();
        await dispatcher.StopAsync();
        await dispatcher.DisposeAsync();
    }

    private static async Task<IHost> WorkAsync(GrpcChannel channel, Action<DurableTaskRegistry> tasks)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddLogging();
        builder.Services.Configure<DurableTaskClientOptions>(options => options.DataConverter = Sagas.Converter);
        builder.Services.Configure<DurableTaskWorkerOptions>(options =>
        {
            options.DataConverter = Sagas.Converter;
            options.Versioning = new() { DefaultVersion = Sagas.Version };
        });
        builder.Services.AddDurableTaskWorker(worker => worker.AddTasks(tasks).UseGrpc(channel));
        builder.Services.AddDurableTaskClient(client => client.UseGrpc(channel).RegisterDirectly());
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private sealed class Later : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddDays(365);
    }
}
