using System.Diagnostics;

namespace Azure.Data.Tables.Wire;

/// <summary>The synchronous members run the same code with `async: false`, which never yields.</summary>
internal static class Synchronous
{
    public static T Completed<T>(this ValueTask<T> task)
    {
        Debug.Assert(task.IsCompleted, "A synchronous call must not have started asynchronous work.");
        return task.GetAwaiter().GetResult();
    }
}
