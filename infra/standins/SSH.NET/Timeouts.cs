namespace Renci.SshNet;

internal static class Timeouts
{
    public static TimeSpan Valid(TimeSpan value, string name) => value.TotalMilliseconds is >= -1 and <= int.MaxValue
        ? value
        : throw new ArgumentOutOfRangeException(
            name, "The timeout must represent a value between -1 and Int32.MaxValue milliseconds, inclusive.");
}
