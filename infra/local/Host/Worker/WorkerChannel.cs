using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;
using Grpc.Core;
using Launchpad.Host.Worker.Protocol;

namespace Launchpad.Host.Worker;

/// <summary>The conversation with one worker process, from its first message to the end of its stream.</summary>
internal sealed class WorkerChannel(ILoggerFactory loggers)
{
    private const string Initialization = "initialization";
    private const string Description = "description";

    private static readonly WriteOptions TogetherWithTheNext = new(WriteFlags.BufferHint);

    private readonly Channel<StreamingMessage> _outgoing =
        Channel.CreateUnbounded<StreamingMessage>(new() { SingleReader = true, AllowSynchronousContinuations = false });

    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _waiting = new();
    private readonly ILogger _logger = loggers.CreateLogger<WorkerChannel>();
    private readonly TaskCompletionSource _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Uri? _http;

    /// <summary>Where the worker's own web server listens.</summary>
    public Uri Http => _http
        ?? throw new InvalidOperationException("The app answers no HTTP: it needs builder.ConfigureFunctionsWebApplication().");

    /// <summary>Completed when the worker has gone: nothing that was asked of it will be answered any more.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Carries messages both ways for as long as the worker's stream lasts.</summary>
    public async Task ServeAsync(
        IAsyncStreamReader<StreamingMessage> from, IServerStreamWriter<StreamingMessage> to, CancellationToken cancellation)
    {
        var sending = SendAsync(to, cancellation);
        _attached.TrySetResult();
        try
        {
            while (await from.MoveNext(cancellation))
            {
                Take(from.Current);
            }
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException or Grpc.Core.RpcException)
        {
            _logger.LogDebug(broken, "The worker's stream broke");
        }

        End();
        await sending;
    }

    /// <summary>Nothing will come any more.</summary>
    public void End()
    {
        _ended.TrySetResult();
        _outgoing.Writer.TryComplete();
        foreach (var waiting in _waiting.Values)
        {
            waiting.TrySetException(new WorkerGoneException("The app ended."));
        }
    }

    /// <summary>Introduces the two to each other; the functions that the app has, loaded.</summary>
    public async Task<IReadOnlyList<AppFunction>> StartAsync(string folder, CancellationToken cancellation)
    {
        await _attached.Task.WaitAsync(cancellation);
        var init = new WorkerInitRequest { HostVersion = "4.0.0", WorkerDirectory = folder, FunctionAppDirectory = folder };
        var ready = await AskAsync(Initialization, new() { WorkerInitRequest = init }, cancellation);
        EnsureSucceeded(ready.WorkerInitResponse.Result, "The worker could not be initialized");
        _http = ready.WorkerInitResponse.Capabilities.TryGetValue("HttpUri", out var address) ? new Uri(address) : null;

        var wanted = new FunctionsMetadataRequest { FunctionAppDirectory = folder };
        var described = await AskAsync(Description, new() { FunctionsMetadataRequest = wanted }, cancellation);
        EnsureSucceeded(described.FunctionMetadataResponse.Result, "The app could not describe its functions");
        IReadOnlyList<AppFunction> functions =
            [.. described.FunctionMetadataResponse.FunctionMetadataResults.Select(metadata => new AppFunction(metadata))];
        foreach (var function in functions)
        {
            var load = new FunctionLoadRequest { FunctionId = function.Id, Metadata = function.Metadata };
            var loaded = await AskAsync("load " + function.Id, new() { FunctionLoadRequest = load }, cancellation);
            EnsureSucceeded(loaded.FunctionLoadResponse.Result, $"Function '{function.Name}' could not be loaded");
        }

        await ListensAsync(cancellation);
        return functions;
    }

    /// <summary>The app says that it is ready a little before its web server listens.</summary>
    private async Task ListensAsync(CancellationToken cancellation)
    {
        while (_http is not null)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(_http.Host, _http.Port, cancellation);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(10, cancellation);
            }
        }
    }

    /// <param name="stop">Asks the function to stop; its answer is waited for all the same.</param>
    public async Task<InvocationResponse> InvokeAsync(InvocationRequest request, CancellationToken stop)
    {
        var answer = AskAsync(request.InvocationId, new() { InvocationRequest = request }, CancellationToken.None);
        await using var _ = stop.UnsafeRegister(
            _ => Post(new() { InvocationCancel = new() { InvocationId = request.InvocationId } }), null);
        return (await answer).InvocationResponse;
    }

    public void Terminate(TimeSpan grace) =>
        Post(new() { WorkerTerminate = new() { GracePeriod = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(grace) } });

    private async Task<StreamingMessage> AskAsync(string subject, StreamingMessage question, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<StreamingMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[subject] = answer;
        try
        {
            if (!Post(question))
            {
                throw new WorkerGoneException("The app ended.");
            }

            return await answer.Task.WaitAsync(cancellation);
        }
        finally
        {
            _waiting.TryRemove(subject, out _);
        }
    }

    // A question that is posted while the stream ends is failed here, or by End, which closes the channel first.
    private bool Post(StreamingMessage message) => _outgoing.Writer.TryWrite(message);

    private async Task SendAsync(IServerStreamWriter<StreamingMessage> to, CancellationToken over)
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync(over))
            {
                to.WriteOptions = _outgoing.Reader.TryPeek(out _) ? TogetherWithTheNext : null;
                await to.WriteAsync(message, CancellationToken.None);
            }
        }
        catch (Exception broken) when (broken
            is IOException or OperationCanceledException or Grpc.Core.RpcException or InvalidOperationException)
        {
            _logger.LogDebug(broken, "The worker takes nothing any more");
        }
    }

    private void Take(StreamingMessage message)
    {
        var subject = message.ContentCase switch
        {
            StreamingMessage.ContentOneofCase.InvocationResponse => message.InvocationResponse.InvocationId,
            StreamingMessage.ContentOneofCase.WorkerInitResponse => Initialization,
            StreamingMessage.ContentOneofCase.FunctionMetadataResponse => Description,
            StreamingMessage.ContentOneofCase.FunctionLoadResponse => "load " + message.FunctionLoadResponse.FunctionId,
            _ => null,
        };
        if (message.ContentCase is StreamingMessage.ContentOneofCase.RpcLog)
        {
            Log(message.RpcLog);
        }
        else if (subject is not null && _waiting.TryGetValue(subject, out var waiting))
        {
            waiting.TrySetResult(message);
        }
    }

    // The app's own categories, so that host.json decides; levels have one numbering on both sides.
    private void Log(RpcLog log)
    {
        var said = loggers.CreateLogger(log.Category);
        var level = (LogLevel)(int)log.Level;
        if (said.IsEnabled(level))
        {
            said.Log(level, "{Message}{Exception}", log.Message, log.Exception is { } failure ? "\n" + failure.Message : "");
        }
    }

    private static void EnsureSucceeded(StatusResult? result, string otherwise)
    {
        if (result is { Status: not StatusResult.Types.Status.Success })
        {
            throw new InvalidOperationException($"{otherwise}: {result.Exception?.Message ?? result.Result}");
        }
    }
}

/// <summary>The app ended before it answered.</summary>
internal sealed class WorkerGoneException(string message) : Exception(message);
