using System.Text.Json;

namespace Launchpad.Local.Stacks;

/// <summary>What the person who started the stack reads. With --json, standard output is left to the one object that a program
/// reads.</summary>
internal sealed class Terminal(bool json)
{
    private readonly Lock _writing = new();

    public void Say(string line)
    {
        lock (_writing)
        {
            (json ? System.Console.Error : System.Console.Out).WriteLine(line);
        }
    }

    public static void Result<T>(T value) => System.Console.Out.WriteLine(JsonSerializer.Serialize(value, JsonSerializerOptions.Web));
}

/// <summary>Log lines of the services, in the same place.</summary>
internal sealed class TerminalLogs(Terminal terminal) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Line(terminal, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void Dispose()
    {
    }

    private sealed class Line(Terminal terminal, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var level = logLevel >= LogLevel.Warning ? logLevel.ToString().ToLowerInvariant() + ": " : "";
            var cause = exception is null ? "" : $" ({exception.GetType().Name}: {exception.Message})";
            terminal.Say($"{category} | {level}{formatter(state, exception)}{cause}");
        }
    }
}
