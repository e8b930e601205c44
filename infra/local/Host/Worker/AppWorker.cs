using System.Diagnostics;
using Launchpad.Host.Worker.Protocol;

namespace Launchpad.Host.Worker;

/// <summary>The app, kept running: a worker that ends is started again, and what it had not answered is asked of the next one.</summary>
internal sealed class AppWorker(string folder, RpcServer rpc, HostJson host, ILoggerFactory loggers) : IAsyncDisposable
{
    // A call that ends three workers is what ends them.
    private const int AttemptsMax = 3;

    private static readonly TimeSpan ReadyMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly ILogger _logger = loggers.CreateLogger<AppWorker>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource<WorkerChannel> _channel = NewChannel();
    private Task _supervision = Task.CompletedTask;

    public IReadOnlyList<AppFunction> Functions { get; private set; } = [];

    /// <summary>Of the process that runs the app now.</summary>
    public int ProcessId { get; private set; }

    /// <summary>The JSON that a durable client of the app needs; known once the durable extension runs.</summary>
    public TaskCompletionSource<string> DurableClient { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the app is given beside this process's own environment.</summary>
    public Dictionary<string, string?> Settings { get; } = [];

    /// <exception cref="InvalidOperationException">The app does not start; its own output says why.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var (process, channel) = await LaunchAsync(cancellation);
        _supervision = SuperviseAsync(process, channel);
    }

    /// <summary>Where the app's own web server listens, now.</summary>
    public async Task<Uri> HttpAsync(CancellationToken cancellation) => (await ChannelAsync(cancellation)).Http
        ?? throw new InvalidOperationException("The app answers no HTTP: it needs builder.ConfigureFunctionsWebApplication().");

    /// <summary>Runs a function that the caller may well run twice; when the worker ends meanwhile, the next one runs it.</summary>
    /// <param name="function">Which.</param>
    /// <param name="trigger">What triggered it.</param>
    /// <param name="metadata">What else is known of the trigger.</param>
    /// <param name="stop">Asks the function to stop; its answer is waited for all the same.</param>
    /// <exception cref="WorkerGoneException">Three workers ended while they ran it.</exception>
    public async Task<InvocationResponse> InvokeAsync(
        AppFunction function, TypedData trigger, IEnumerable<KeyValuePair<string, TypedData>> metadata, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await InvokeOnceAsync(Guid.NewGuid().ToString(), function, trigger, metadata, stop);
            }
            catch (WorkerGoneException) when (attempt < AttemptsMax && !_stopping.IsCancellationRequested)
            {
                _logger.LogWarning("The worker ended while it ran {Function}; the next one runs it again", function.Name);
            }
        }
    }

    /// <summary>Runs a function once, under an id that the caller chose.</summary>
    public async Task<InvocationResponse> InvokeOnceAsync(
        string id, AppFunction function, TypedData trigger, IEnumerable<KeyValuePair<string, TypedData>> metadata, CancellationToken stop)
    {
        var channel = await ChannelAsync(stop);
        var request = new InvocationRequest
        {
            InvocationId = id,
            FunctionId = function.Id,
            TraceContext = new() { TraceParent = Activity.Current?.Id ?? "", TraceState = Activity.Current?.TraceStateString ?? "" },
        };
        request.InputData.Add(new ParameterBinding { Name = function.TriggerName, Data = trigger });
        foreach (var client in function.ClientNames)
        {
            request.InputData.Add(new ParameterBinding { Name = client, Data = new() { String = await DurableClient.Task.WaitAsync(stop) } });
        }

        foreach (var (name, value) in metadata)
        {
            request.TriggerMetadata[name] = value;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (host.FunctionTimeout is { } timeout)
        {
            limit.CancelAfter(timeout);
        }

        return await channel.InvokeAsync(request, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _supervision;
        _stopping.Dispose();
    }

    private static TaskCompletionSource<WorkerChannel> NewChannel() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task<WorkerChannel> ChannelAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            return _channel.Task.WaitAsync(cancellation);
        }
    }

    private async Task<(WorkerProcess Process, WorkerChannel Channel)> LaunchAsync(CancellationToken cancellation)
    {
        var id = Guid.NewGuid().ToString();
        var channel = new WorkerChannel(loggers);
        rpc.Expect(id, channel);
        var process = await WorkerProcess.StartAsync(folder, rpc.Address, id, Settings);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(ReadyMax);
        var starting = channel.StartAsync(folder, patience.Token);
        try
        {
            if (await Task.WhenAny(starting, process.Exited) == process.Exited)
            {
                channel.End();
                throw new InvalidOperationException($"The app ended before it was ready, with exit code {await process.Exited}.");
            }

            (Functions, ProcessId) = (await starting, process.Id);
        }
        catch
        {
            process.Kill();
            await process.Exited;
            process.Dispose();
            channel.Dispose();
            throw;
        }

        lock (_gate)
        {
            _channel.SetResult(channel);
        }

        _logger.LogInformation("The app runs as process {Pid} with {Functions} functions", process.Id, Functions.Count);
        return (process, channel);
    }

    private async Task SuperviseAsync(WorkerProcess process, WorkerChannel channel)
    {
        while (await EndsAsync(process, channel))
        {
            lock (_gate)
            {
                _channel = NewChannel();
            }

            channel.End();
            process.Kill();
            _logger.LogError("The app ended with exit code {Code}; it is started again", await process.Exited);
            process.Dispose();
            if (await RelaunchAsync() is not { } next)
            {
                return;
            }

            (process, channel) = next;
        }

        channel.Terminate(TimeSpan.FromSeconds(5));
        await process.StopAsync();
        channel.End();
        process.Dispose();
        channel.Dispose();
    }

    // False when this host stops first.
    private async Task<bool> EndsAsync(WorkerProcess process, WorkerChannel channel)
    {
        var stopping = Task.Delay(Timeout.Infinite, _stopping.Token);
        var gone = Task.Delay(Timeout.Infinite, channel.Ended);
        return await Task.WhenAny(process.Exited, gone, stopping) != stopping && !_stopping.IsCancellationRequested;
    }

    private async Task<(WorkerProcess, WorkerChannel)?> RelaunchAsync()
    {
        for (var pause = TimeSpan.Zero; ; pause = pause == TimeSpan.Zero ? TimeSpan.FromSeconds(1) : pause * 2)
        {
            try
            {
                await Task.Delay(pause < LongestPause ? pause : LongestPause, _stopping.Token);
                return await LaunchAsync(_stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return null;
            }
            catch (Exception failure)
            {
                _logger.LogError(failure, "The app does not start");
            }
        }
    }
}
