using System.Diagnostics.CodeAnalysis;

namespace Launchpad.Durable.Storage;

/// <summary>Moves the log into the database on a thread of its own, so that no commit waits for it. The writer does the last
/// stretch itself: only when nothing is left of the log can it begin again at the front of its file.</summary>
internal sealed class Checkpointer : IDisposable
{
    private const int Pages = 4000;

    private readonly Connection connection;
    private readonly Action<Exception> fail;
    private readonly AutoResetEvent due = new(false);
    private readonly Thread thread;
    private volatile bool isNearlyDone;
    private volatile bool stopping;
    private volatile Exception? failure;
    private long written;

    public Checkpointer(string path, Action<Exception> fail)
    {
        this.fail = fail;
        connection = new(path);
        thread = new(Run) { Name = "durable checkpoints", IsBackground = true };
        thread.Start();
    }

    /// <summary>Called by the writer after each commit.</summary>
    public void Written(Connection writer)
    {
        if (failure is { } reason)
        {
            throw new IOException("The log could not be moved into the database.", reason);
        }

        written += writer.TakePagesWritten();
        if (isNearlyDone)
        {
            isNearlyDone = false;
            Checkpoint(writer);
            _ = writer.TakePagesWritten();
            written = 0;
        }
        else if (written >= Pages)
        {
            written = 0;
            due.Set();
        }
    }

    public void Dispose()
    {
        stopping = true;
        due.Set();
        thread.Join();
        due.Dispose();
        if (failure is not null)
        {
            connection.Abandon();
        }

        connection.Dispose();
    }

    // What is in the log is durable where it is: on a full disk it stays there until the log has grown by as much again.
    private static void Checkpoint(Connection connection)
    {
        try
        {
            connection.Checkpoint();
        }
        catch (StoreException exception) when (exception.IsDiskFull)
        {
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A failed flush of whatever type stops the engine.")]
    private void Run()
    {
        while (true)
        {
            due.WaitOne();
            if (stopping)
            {
                return;
            }

            try
            {
                // The second pass takes what was written during the first, so that little is left for the writer.
                Checkpoint(connection);
                Checkpoint(connection);
                isNearlyDone = true;
            }
            catch (Exception exception)
            {
                failure = exception;
                fail(exception);
                return;
            }
        }
    }
}
