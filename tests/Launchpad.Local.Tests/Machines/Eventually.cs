namespace Launchpad.Local.Tests.Machines;

/// <summary>Waits for what other processes do, with an end.</summary>
public static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static async Task<T> Async<T>(Func<Task<T>> look, Predicate<T> satisfied)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (satisfied(seen))
            {
                return seen;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(start) < Deadline, $"Still {seen} after {Deadline.TotalSeconds} s.");
            await Task.Delay(50);
        }
    }
}
