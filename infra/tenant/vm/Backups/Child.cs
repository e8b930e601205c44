using System.Diagnostics;
using System.Text;

namespace Launchpad.Vm.Backups;

/// <summary>A program of the VM that works on a stream of ours. What it says of its troubles is read meanwhile, so that it never waits for
/// that.</summary>
internal sealed class Child : IDisposable
{
    private const int ErrorMax = 400;
    private readonly Process _process;
    private readonly Task<string> _error;

    private Child(Process process)
    {
        _process = process;
        Pipes.Widen(Input);
        Pipes.Widen(Output);
        _error = ReadErrorAsync(process.StandardError);
    }

    public Stream Input => _process.StandardInput.BaseStream;

    public Stream Output => _process.StandardOutput.BaseStream;

    public static Child Start(string program, params IEnumerable<string> arguments) => new(Command.Start(program, arguments));

    /// <summary>Waits for its end.</summary>
    /// <returns>Null when it ended well; else its own words.</returns>
    public async Task<string?> EndAsync()
    {
        var error = await _error;
        await _process.WaitForExitAsync();
        return _process.ExitCode == 0 ? null : error.Length > 0 ? error : $"it ended with {_process.ExitCode}";
    }

    public void Dispose()
    {
        Command.Kill(_process);
        Command.Forget(_process);
        _process.Dispose();
    }

    private static async Task<string> ReadErrorAsync(StreamReader reader)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync() is { } line)
        {
            // A program may go on about everything that it meets; the first of it says enough.
            text.Append(text.Length is > 0 and < ErrorMax ? "; " : "");
            text.Append(line, 0, Math.Min(line.Length, Math.Max(0, ErrorMax - text.Length)));
        }

        return text.ToString().Trim();
    }
}
