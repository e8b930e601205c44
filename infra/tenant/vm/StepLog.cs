using System.Diagnostics;
using System.Text.Json;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>
/// Writes what happens as JSON lines, each flushed at once: the reader shows progress, and a cut connection shows how far it got.
/// </summary>
/// <param name="stepsMax">What comes after so many steps is not written; the result always is.</param>
internal sealed class StepLog(TextWriter output, int stepsMax = int.MaxValue)
{
    private bool _isOver;
    private int _steps;

    /// <summary>True once a step found something to do.</summary>
    public bool Changed { get; private set; }

    public void Started(string step) => Write(new VmLine(VmLine.Step, step, VmStepState.Started, 0));

    /// <summary>Runs a step that returns what it changed, in words, or null when everything was so already.</summary>
    public async Task StepAsync(string step, Func<Task<string?>> run)
    {
        var clock = Stopwatch.StartNew();
        var detail = await run();
        if (detail is not null)
        {
            Changed = true;
        }

        Write(new VmLine(VmLine.Step, step, detail is null ? VmStepState.Skipped : VmStepState.Done, clock.ElapsedMilliseconds, detail));
    }

    /// <summary>A step of somebody else, as it was told.</summary>
    public void Pass(VmLine step) => Write(step);

    public void Succeed(JsonElement value) => Write(new VmLine(VmLine.Result, Ok: true, Value: value));

    public void Fail(VmError error) => Write(new VmLine(VmLine.Result, Ok: false, Error: error));

    /// <summary>Nobody can tell a long step from a machine that is gone. Nothing follows the result.</summary>
    public void Alive() => Write(new VmLine(VmLine.Alive));

    private void Write(VmLine line)
    {
        // Steps that do not need each other run at once.
        lock (output)
        {
            if (_isOver || (line.Event == VmLine.Step && ++_steps > stepsMax))
            {
                return;
            }

            _isOver = line.Event == VmLine.Result;
            output.WriteLine(JsonSerializer.Serialize(line, VmJson.Default.VmLine));
            output.Flush();
        }
    }
}
