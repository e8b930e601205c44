using System.Diagnostics;
using Launchpad.Host.Worker.Protocol;

namespace Launchpad.Host.Worker;

/// <summary>The app, kept running: a worker that ends is started again, and what it had not answered is asked of the next one.</summary>
internal sealed class AppWorker(string folder, RpcServer rpc, HostJson host, ILoggerFactory loggers) : IAsyncDisposable
{
    // A call that ends three workers is what ends them.
    private const int AttemptsMax = 3;

    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>How long a call waits for an app that is being started again.</summary>
    private static readonly TimeSpan ReadyMax = TimeSpan.FromSeconds(20);

    /// <summary>How long a function may take to end once its time is over.</summary>
    private static readonly TimeSpan OvertimeMax = TimeSpan.FromSeconds(2);

    private readonly ILogger _logger = loggers.CreateLogger<AppWorker>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource<WorkerChannel> _channel = NewChannel();
    private Task _supervision = Task.CompletedTask;

    /// <summary>What the app is given beside this process's own environment.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    public IReadOnlyList<AppFunction> Functions { get; private set; } = [];

    /// <summary>Of the process that runs the app now.</summary>
    public int ProcessId { get; private set; }

    /// <summary>The JSON that a durable client of the app needs; known once the durable extension runs.</summary>
    public TaskCompletionSource<string> DurableClient { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <exception cref="InvalidOperationException">The app does not start; its own output says why.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var (process, channel) = await FirstAsync(cancellation);
        _supervision = SuperviseAsync(process, channel);
    }

    /// <summary>The worker chooses a port of its own before it binds it, and somebody may be faster: what ends is tried once more.</summary>
    private async Task<(WorkerProcess Process, WorkerChannel Channel)> FirstAsync(CancellationToken cancellation)
    {
        try
        {
            return await LaunchAsync(cancellation);
        }
        catch (InvalidOperationException failure) when (!cancellation.IsCancellationRequested)
        {
            _logger.LogWarning("{Reason} It is started once more", failure.Message);
            return await LaunchAsync(cancellation);
        }
    }

    /// <summary>The worker that runs now, or the next one.</summary>
    public async Task<WorkerChannel> ReadyAsync(CancellationToken cancellation)
    {
        try
        {
            return await Current().Task.WaitAsync(ReadyMax, cancellation);
        }
        catch (TimeoutException)
        {
            throw new WorkerGoneException($"The app does not run, and did not within {ReadyMax}.");
        }
    }

    /// <summary>Runs a function that the caller may well run twice; when the worker ends meanwhile, the next one runs it.</summary>
    /// <param name="function">Which.</param>
    /// <param name="trigger">What triggered it.</param>
    /// <param name="metadata">What else is known of the trigger.</param>
    /// <param name="stop">Asks the function to stop; its answer is waited for all the same.</param>
    /// <exception cref="WorkerGoneException">Three workers ended while they ran it.</exception>
    /// <exception cref="InvocationFailedException">Its time was over.</exception>
    public async Task<InvocationResponse> InvokeAsync(
        AppFunction function, TypedData trigger, IEnumerable<KeyValuePair<string, TypedData>> metadata, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            var worker = await ReadyAsync(stop);
            try
            {
                return await InvokeOnceAsync(worker, Guid.NewGuid().ToString(), function, trigger, metadata, stop);
            }
            catch (WorkerGoneException gone) when (attempt < AttemptsMax && !_stopping.IsCancellationRequested)
            {
                _logger.LogWarning("{Reason} The next one runs it again", gone.Message);
            }
        }
    }

    /// <summary>Runs a function once, on this worker, under an id that the caller chose.</summary>
    public async Task<InvocationResponse> InvokeOnceAsync(
        WorkerChannel worker, string id, AppFunction function, TypedData trigger, IEnumerable<KeyValuePair<string, TypedData>> metadata,
        CancellationToken stop)
    {
        var request = new InvocationRequest
        {
            InvocationId = id,
            FunctionId = function.Id,
            TraceContext = new() { TraceParent = Activity.Current?.Id ?? "", TraceState = Activity.Current?.TraceStateString ?? "" },
        };
        request.InputData.Add(new ParameterBinding { Name = function.TriggerName, Data = trigger });
        foreach (var client in function.ClientNames)
        {
            var json = await DurableClient.Task.WaitAsync(stop);
            request.InputData.Add(new ParameterBinding { Name = client, Data = new() { String = json } });
        }

        foreach (var (name, value) in metadata)
        {
            request.TriggerMetadata[name] = value;
        }

        try
        {
            return await WithinTimeAsync(worker, function, request, stop);
        }
        catch (WorkerGoneException)
        {
            throw new WorkerGoneException($"The app ended while it ran {function.Name}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _supervision;
        _stopping.Dispose();
    }

    private static TaskCompletionSource<WorkerChannel> NewChannel() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One that has ended is nobody's any more, even before it is found out why.
    private TaskCompletionSource<WorkerChannel> Current()
    {
        lock (_gate)
        {
            return _channel = _channel.Task is { IsCompleted: true, Result.Ended.IsCompleted: true } ? NewChannel() : _channel;
        }
    }

    /// <summary>As on Azure a function whose time is over is cancelled, and if it goes on all the same the app is ended.</summary>
    private async Task<InvocationResponse> WithinTimeAsync(
        WorkerChannel worker, AppFunction function, InvocationRequest request, CancellationToken stop)
    {
        if (host.FunctionTimeout is not { } time)
        {
            return await worker.InvokeAsync(request, stop);
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(time);
        try
        {
            return await worker.InvokeAsync(request, over.Token).WaitAsync(time + OvertimeMax, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            worker.End();
            throw new InvocationFailedException($"{function.Name} ran longer than {time} and did not stop: the app is ended.");
        }
    }

    private async Task<(WorkerProcess Process, WorkerChannel Channel)> LaunchAsync(CancellationToken cancellation)
    {
        var id = Guid.NewGuid().ToString();
        var channel = new WorkerChannel(loggers);
        rpc.Expect(id, channel);
        var process = await WorkerProcess.StartAsync(folder, rpc.Address, id, Settings);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(StartMax);
        try
        {
            var starting = channel.StartAsync(folder, patience.Token);
            if (await Task.WhenAny(starting, process.Exited) == process.Exited)
            {
                throw new InvalidOperationException($"The app ended before it was ready, with exit code {await process.Exited}.");
            }

            (Functions, ProcessId) = (await starting, process.Id);
        }
        catch (Exception failure)
        {
            channel.End();
            process.Kill();
            await process.Exited;
            process.Dispose();
            throw failure is OperationCanceledException && !cancellation.IsCancellationRequested
                ? new TimeoutException($"The app was not ready within {StartMax}.")
                : failure;
        }

        Current().SetResult(channel);
        _logger.LogInformation("The app runs as process {Pid} with {Functions} functions", process.Id, Functions.Count);
        return (process, channel);
    }

    private async Task SuperviseAsync(WorkerProcess process, WorkerChannel channel)
    {
        var stopping = Task.Delay(Timeout.Infinite, _stopping.Token);
        while (await Task.WhenAny(process.Exited, channel.Ended, stopping) != stopping && !_stopping.IsCancellationRequested)
        {
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

        channel.Terminate(Drain.AppLimit);
        await process.StopAsync(Drain.AppLimit);
        channel.End();
        process.Dispose();
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

/// <summary>A function did not do what it should have done, in words for the log and not for a caller.</summary>
internal sealed class InvocationFailedException(string message) : Exception(message);
