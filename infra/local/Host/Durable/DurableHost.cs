using Launchpad.Host.Worker;
using Launchpad.Host.Worker.Protocol;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Microsoft.Azure.WebJobs.Extensions.DurableTask.ContextImplementations;
using Microsoft.Azure.WebJobs.Extensions.DurableTask.Options;
using Microsoft.Azure.WebJobs.Host;
using Microsoft.Azure.WebJobs.Host.Config;
using Microsoft.Extensions.Options;
using Newtonsoft.Json.Linq;

namespace Launchpad.Host.Durable;

/// <summary>Microsoft's durable extension in the WebJobs SDK, as it runs in the Azure Functions host.</summary>
internal sealed class DurableHost(AppWorker app, HostJson json, IConfiguration settings, ILoggerProvider logs, EngineStore store)
    : IAsyncDisposable
{
    private IHost? _host;
    private bool _runs;

    /// <summary>The extension's own client, of the hub and the store that host.json names.</summary>
    public IDurableClient Client { get; private set; } = null!;

    public IServiceProvider Services => _host!.Services;

    public async Task StartAsync(CancellationToken cancellation)
    {
        _host = new HostBuilder()
            .ConfigureHostConfiguration(configuration => configuration.AddConfiguration(settings))
            .ConfigureAppConfiguration(configuration => Configure(configuration, json, settings))
            .ConfigureLogging((context, logging) => logging.AddProvider(logs).AddConfiguration(json.Logging)
                .SetMinimumLevel(LogLevel.Warning)
                // What a function threw is said by the app itself.
                .AddFilter("Host.Results", LogLevel.None).AddFilter("Function", LogLevel.None))
            .ConfigureWebJobs(jobs => jobs.AddDurableTask())
            .ConfigureServices(services =>
            {
                services.AddSingleton<ITypeLocator>(new FunctionTypes(app.Functions, RunAsync));
#pragma warning disable CS0618 // There is no other way to tell it.
                services.AddSingleton<IWebHookProvider, NoWebHooks>();
#pragma warning restore CS0618
                store.AddTo(services);
                services.AddSingleton<IHostLifetime, NoLifetime>();
            })
            .Build();
        await _host.StartAsync(cancellation);
        _runs = true;
        var answer = new TaskCompletionSource<string>();
        await _host.Services.GetRequiredService<IJobHost>().CallAsync(
            FunctionTypes.ClientName, new Dictionary<string, object> { ["answer"] = answer }, cancellation);
        app.DurableClient.TrySetResult(await answer.Task);
        Client = _host.Services.GetRequiredService<IDurableClientFactory>().CreateClient(
            new() { TaskHub = _host.Services.GetRequiredService<IOptions<DurableTaskOptions>>().Value.HubName });
    }

    public async ValueTask DisposeAsync()
    {
        // What it holds goes with the process, which ends now.
        if (_runs)
        {
            await Drain.WithinAsync(_host!.StopAsync(), Drain.EngineLimit);
        }
    }

    /// <summary>host.json stands where the Functions host puts it, and decides that the worker is another process. The extension's spans
    /// are listened to by this host, or by nobody: its own listener is for Application Insights and hears everything always.</summary>
    public static void Configure(IConfigurationBuilder configuration, HostJson json, IConfiguration settings)
    {
        var tree = json.Values.AsEnumerable().Where(pair => pair.Value is not null)
            .Select(pair => KeyValuePair.Create("AzureWebJobs:" + pair.Key, pair.Value));
        configuration.AddConfiguration(settings).AddInMemoryCollection(tree).AddInMemoryCollection(
            [
                new("FUNCTIONS_WORKER_RUNTIME", "dotnet-isolated"),
                new("AzureWebJobs:extensions:durableTask:tracing:distributedTracingEnabled", "true"),
                new("AzureWebJobs:extensions:durableTask:tracing:version", "None"),
            ]);
    }

    private async Task<object?> RunAsync(string name, string input, Binder binder, CancellationToken stop)
    {
        var function = app.Functions.First(function => function.Name == name);
        var metadata = binder.BindingData.Where(pair => pair.Value is string && pair.Key != function.TriggerName)
            .Select(pair => KeyValuePair.Create(pair.Key, new TypedData { String = (string)pair.Value }));
        var isActivity = function.IsTriggeredBy("activityTrigger");
        var trigger = isActivity ? new TypedData { Json = input ?? "null" } : new TypedData { String = input };
        var response = await InvokeAsync(function, trigger, metadata, stop);
        return response.Result.Status is StatusResult.Types.Status.Success
            ? Value(response.ReturnValue, isActivity)
            : throw new FunctionCallException(response.Result);
    }

    private async Task<InvocationResponse> InvokeAsync(
        AppFunction function, TypedData trigger, IEnumerable<KeyValuePair<string, TypedData>> metadata, CancellationToken stop)
    {
        try
        {
            return await app.InvokeAsync(function, trigger, metadata, stop);
        }
        catch (Exception failure) when (failure is WorkerGoneException or InvocationFailedException)
        {
            // By these words the extension knows that it is not the orchestration that failed: the turn is taken again.
            throw function.IsTriggeredBy("activityTrigger")
                ? new FunctionCallException(new() { Exception = new() { Message = failure.Message } })
                : new InvalidOperationException("Did not find any initialized language workers", failure);
        }
    }

    private static object? Value(TypedData? value, bool isActivity) => value?.DataCase switch
    {
        TypedData.DataOneofCase.String when isActivity => new JValue(value.String),
        TypedData.DataOneofCase.String => value.String,
        TypedData.DataOneofCase.Json => new JRaw(value.Json),
        TypedData.DataOneofCase.Int => new JValue(value.Int),
        TypedData.DataOneofCase.Double => new JValue(value.Double),
        TypedData.DataOneofCase.Bytes => new JValue(value.Bytes.ToBase64()),
        _ => null,
    };

    /// <summary>It ends when the host that it is in says so, after the requests and not with the signal.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>The extension's own management API is not served: what it can do, the app's routes do for whom they know.</summary>
#pragma warning disable CS0618 // There is no other way to tell it.
    private sealed class NoWebHooks : IWebHookProvider
    {
        public Uri GetUrl(IExtensionConfigProvider extension) => new("http://127.0.0.1:0/runtime/webhooks/durabletask");
    }
#pragma warning restore CS0618

    /// <summary>What the extension takes a function's failure from.</summary>
    private sealed class FunctionCallException(StatusResult result) : Exception(
        $"Result: {result.Status}\nException: {result.Exception?.Message}\nStack: {result.Exception?.StackTrace}");
}
