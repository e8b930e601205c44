namespace Launchpad.Local.Processes;

/// <summary>One child program kept alive: adopted when an earlier pocket cloud left it running, started otherwise, and started
/// again when it dies.</summary>
internal sealed class Child(ChildProgram program, Action<string> say, TimeProvider time) : IAsyncDisposable
{
    private const long LogBytesMax = 16 * 1024 * 1024;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    // What runs already answers at once, unless it hangs.
    private static readonly TimeSpan AdoptionMax = TimeSpan.FromSeconds(10);

    // A program that ran this long was all right; its end is a new misfortune, not the old one.
    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();
    private RunningProcess? _process;
    private Task _supervision = Task.CompletedTask;

    public string Name => program.Name;

    /// <summary>True when the child was already there.</summary>
    public bool Adopted { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await AdoptOrLaunchAsync(cancellationToken);
        _supervision = SuperviseAsync();
    }

    /// <summary>Ends the child.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _supervision;
        if (_process is not null)
        {
            await _process.StopAsync(program.StopMax);
            File.Delete(program.RecordPath);
        }

        Forget();
    }

    /// <summary>Lets the child run on, for others to adopt.</summary>
    public async ValueTask LeaveAsync()
    {
        await _stopping.CancelAsync();
        await _supervision;
        Forget();
    }

    private void Forget()
    {
        _process?.Dispose();
        _process = null;
        _stopping.Dispose();
    }

    /// <summary>Ends what a killed pocket cloud left under this record; false when there was nothing.</summary>
    public static async Task<bool> StopLeftoverAsync(string recordPath, TimeSpan patience)
    {
        using var process = ChildRecord.ReadLiving(recordPath)?.Find();
        if (process is not null)
        {
            await process.StopAsync(patience);
        }

        File.Delete(recordPath);
        return process is not null;
    }

    private async Task AdoptOrLaunchAsync(CancellationToken cancellationToken)
    {
        using var turn = program.SharedLockPath is { } path ? await FileLock.TakeAsync(path, cancellationToken) : null;
        _process = await AdoptAsync(cancellationToken);
        if (_process is null)
        {
            await LaunchAsync(cancellationToken);
        }
    }

    private async Task<RunningProcess?> AdoptAsync(CancellationToken cancellationToken)
    {
        var record = ChildRecord.ReadLiving(program.RecordPath);
        if (record?.Find() is not { } process)
        {
            return null;
        }

        record.Write(program.RecordPath);
        var fits = record.Fingerprint == program.Fingerprint || program.SharedLockPath is not null;
        if (fits && await BecomesReadyAsync(process, AdoptionMax, cancellationToken))
        {
            Adopted = true;
            return process;
        }

        // Another build, other settings, or hung.
        await process.StopAsync(program.StopMax);
        process.Dispose();
        return null;
    }

    private async Task LaunchAsync(CancellationToken cancellationToken)
    {
        Loopback.Demand(program.Name, program.Ports);
        foreach (var trace in program.Traces)
        {
            File.Delete(trace);
        }

        if (File.Exists(program.LogPath) && new FileInfo(program.LogPath).Length > LogBytesMax)
        {
            File.Move(program.LogPath, program.LogPath + ".1", overwrite: true);
        }

        var environment = program.Environment.Select(pair => $"{pair.Key}={pair.Value}")
            .Append(ChildRecord.Mark(program.RecordPath, program.Fingerprint));
        var pid = Native.SpawnDetached(program.Program, program.Arguments, environment, program.Directory, program.LogPath);
        _process = RunningProcess.Find(pid) ?? throw Failed("ended at once");
        new ChildRecord(pid, _process.StartedAt, program.Fingerprint).Write(program.RecordPath);
        if (await BecomesReadyAsync(_process, program.ReadyMax, cancellationToken))
        {
            return;
        }

        var ended = _process.Exited.IsCompleted;
        await _process.StopAsync(program.StopMax);
        _process.Dispose();
        _process = null;
        throw Failed(ended ? "ended before it was ready" : $"was not ready within {program.ReadyMax.TotalSeconds} s");
    }

    private StackException Failed(string how) => new($"{program.Name} {how}; see {program.LogPath}.");

    private async Task<bool> BecomesReadyAsync(RunningProcess process, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(patience);
        try
        {
            while (!process.Exited.IsCompleted)
            {
                if (await program.IsReady(deadline.Token))
                {
                    return true;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(25), deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Not ready in time is an answer, not a fault.
        }

        return false;
    }

    private async Task SuperviseAsync()
    {
        var pause = FirstPause;
        while (true)
        {
            var since = time.GetTimestamp();
            if (_process is not null && !await EndsAsync(_process))
            {
                return;
            }

            pause = time.GetElapsedTime(since) > Healthy ? FirstPause : pause;
            say($"{program.Name} ended; starting it again in {pause.TotalSeconds:0.0} s");
            try
            {
                await Task.Delay(pause, time, _stopping.Token);
                _process?.Dispose();
                _process = null;
                await AdoptOrLaunchAsync(_stopping.Token);
                say($"{program.Name} is back");
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (StackException failure)
            {
                say(failure.Message);
            }

            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    // False when this pocket cloud stops first.
    private async Task<bool> EndsAsync(RunningProcess process)
    {
        try
        {
            await process.Exited.WaitAsync(_stopping.Token);
            return !_stopping.IsCancellationRequested;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
