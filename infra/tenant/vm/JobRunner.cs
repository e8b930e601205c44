using System.Diagnostics;
using System.Globalization;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>This program as it does a job: a process in a session of its own that nobody listens to, and that writes into the job's
/// journal what others print.</summary>
internal static class JobRunner
{
    /// <summary>No connection can say it: what lets them in passes one argument, and this takes three.</summary>
    public const string Word = "run-job";

    private const int StepsMax = 2000;
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LifeMax = TimeSpan.FromHours(6);

    /// <summary>The call goes to it through a pipe and is nowhere else.</summary>
    public static void Start(JobFolder folder, VmVerb verb, byte[] call)
    {
        var length = call.Length.ToString(CultureInfo.InvariantCulture);
        using var runner = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Word, folder.Name, length])
        {
            // Whoever holds the connection's own streams keeps it open.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        })!;
        folder.Write(runner.Id, verb);
        using (var input = runner.StandardInput.BaseStream)
        {
            input.Write(call);
        }

        // Its command line is what it is known by, and for a moment it has none: whoever looked then would take it for lost.
        SpinWait.SpinUntil(() => runner.HasExited || folder.IsAlive, StartMax);
    }

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string name, string length)
    {
        Libc.StartSession();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Command.KillAll();
        var document = await Requests.ReadAsync(Console.OpenStandardInput());
        if (document.Length.ToString(CultureInfo.InvariantCulture) != length)
        {
            // Who started it died in the middle of its sentence.
            return 1;
        }

        await using var journal = new JobFolder(name).Append();
        var log = new StepLog(journal, StepsMax);
        await using var deadline = new Timer(_ => End(log), null, LifeMax, Timeout.InfiniteTimeSpan);
        return await Verb.AnswerAsync(log, () =>
        {
            var call = Requests.Parse(document, VmJson.Default.VmCall);
            return Verb.Prepare(call.Verb, Requests.Bytes(call.Request), log)();
        });
    }

    private static void End(StepLog log)
    {
        log.Fail(new(VmErrorCode.TimedOut, $"The job did not end within {LifeMax.TotalHours} hours.", Retryable: true));
        Environment.Exit(1);
    }
}
