using Launchpad.Durable.Storage;
using Microsoft.Extensions.Logging;

namespace Launchpad.Durable.Dispatch;

/// <summary>The directory while this process owns it.</summary>
internal sealed class Opened : IDisposable
{
    private readonly DirectoryLock directory;

    private Opened(DirectoryLock directory, Writer writer, Reader reader, SqliteOrchestrationService service)
    {
        this.directory = directory;
        Writer = writer;
        Reader = reader;
        Hub = new(service.Time, service.EntityBackendProperties);
        Metrics = new(service, Hub);
    }

    public Writer Writer { get; }

    public Reader Reader { get; }

    public Hub Hub { get; }

    public Waiters Waiters { get; } = new();

    public StoreMetrics Metrics { get; }

    /// <summary>Takes the directory and reads what was to be done when the last process ended.</summary>
    public static Opened Of(SqliteOrchestrationService service, Action<Exception> fail, ILogger logger)
    {
        var options = service.Options;
        var stop = new StopPoint(options.StopAfterEvent);
        var directory = new DirectoryLock(options.Directory);
        Opened? opened = null;
        try
        {
            var store = Store.Open(options.Directory, fail, logger);
            opened = new(directory, new(store, stop, fail, logger), new(Store.Database(options.Directory)), service);
            opened.Resume(logger);
            return opened;
        }
        catch (Exception refused)
        {
            opened?.Dispose();
            directory.Dispose();
            throw refused is StoreException { IsDamage: true }
                ? new InvalidDataException(
                    $"The database in {options.Directory} is damaged. {refused.Message} Restore the newest backup of the directory.",
                    refused)
                : refused;
        }
    }

    public void Dispose()
    {
        Hub.Dispose();
        Waiters.Close(new InvalidOperationException("The durable store was closed."));

        // The last connection to close moves the log into the database, which one that only reads cannot do.
        Reader.Dispose();
        Writer.Dispose();
        Metrics.Dispose();
        directory.Dispose();
    }

    private void Resume(ILogger logger)
    {
        foreach (var (sequence, due, instance, message) in Reader.Messages())
        {
            if (message is null)
            {
                logger.LogError("Message {Sequence} for instance {Instance} is damaged and was not read.", sequence, instance);
                Hub.Arrive(new(Damaged.Message(instance), null) { Sequence = sequence });
            }
            else
            {
                Hub.Arrive(new(message, due) { Sequence = sequence });
            }
        }

        foreach (var (sequence, instance, message) in Reader.Tasks())
        {
            if (message is null)
            {
                logger.LogError("Activity {Sequence} of instance {Instance} is damaged and was not read.", sequence, instance);
                Hub.Arrive(new(Damaged.Message(instance), null));
            }
            else
            {
                Hub.Tasks.Writer.TryWrite(new(message) { Sequence = sequence });
            }
        }
    }
}
