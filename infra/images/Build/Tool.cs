using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Launchpad.Images;

/// <summary>Runs a program from an argument list and answers with its standard output.</summary>
internal static class Tool
{
    private const int ErrorCharsMax = 4000;

    public static Task<string> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken ct) =>
        RunAsync(new ProcessStartInfo(program, arguments), null, ct);

    public static async Task<string> RunAsync(ProcessStartInfo start, Func<Stream, Task>? input, CancellationToken ct)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Start(start);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var errors = ReadEndAsync(process.StandardError, ct);
            var fed = FeedAsync(process.StandardInput.BaseStream, input);
            await process.WaitForExitAsync(ct);
            await fed;
            var what = $"{start.FileName} {start.ArgumentList[0]}";
            return process.ExitCode is 0
                ? await output
                : throw new ImageFailedException($"{what} ended with {process.ExitCode}:\n{await errors}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new ImageFailedException($"{start.FileName} did not start.");
        }
        catch (Win32Exception exception)
        {
            throw new ImageFailedException($"{start.FileName} is needed and cannot be started: {exception.Message}", exception);
        }
    }

    private static async Task FeedAsync(Stream standardInput, Func<Stream, Task>? input)
    {
        await using (standardInput)
        {
            try
            {
                await (input?.Invoke(standardInput) ?? Task.CompletedTask);
            }
            catch (IOException)
            {
                // The program stopped reading: its exit code and its standard error say why.
            }
        }
    }

    private static async Task<string> ReadEndAsync(StreamReader reader, CancellationToken ct)
    {
        var end = new StringBuilder();
        while (await reader.ReadLineAsync(ct) is { } line)
        {
            end.AppendLine(line);
            if (end.Length > ErrorCharsMax)
            {
                end.Remove(0, end.Length - ErrorCharsMax);
            }
        }

        return end.ToString();
    }
}
