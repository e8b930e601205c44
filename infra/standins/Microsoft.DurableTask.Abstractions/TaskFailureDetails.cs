using System.Reflection;

namespace Microsoft.DurableTask;

/// <summary>A failure as it crosses from a task to the orchestration that awaits it: names and text, never the exception itself.</summary>
public record TaskFailureDetails(
    string ErrorType,
    string ErrorMessage,
    string? StackTrace,
    TaskFailureDetails? InnerFailure,
    IDictionary<string, object?>? Properties)
{
    public override string ToString() => $"{ErrorType}: {ErrorMessage}";

    public bool IsCausedBy<T>()
        where T : Exception => IsCausedBy(typeof(T));

    public bool IsCausedBy(Type targetBaseExceptionType)
    {
        ArgumentNullException.ThrowIfNull(targetBaseExceptionType);
        if (!typeof(Exception).IsAssignableFrom(targetBaseExceptionType))
        {
            throw new ArgumentException($"The type {targetBaseExceptionType} is not an exception type.", nameof(targetBaseExceptionType));
        }

        return !string.IsNullOrEmpty(ErrorType) && targetBaseExceptionType.IsAssignableFrom(FindType(targetBaseExceptionType.Assembly));
    }

    public static TaskFailureDetails FromException(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var inner = exception.InnerException is { } cause ? FromException(cause) : null;
        return exception is TaskFailedException { FailureDetails: { } details }
            ? new(exception.GetType().ToString(), exception.Message, exception.StackTrace, details, null)
            : new(exception.GetType().ToString(), exception.Message, exception.StackTrace, inner, null);
    }

    // The framework's own types, then those of the asker's assembly, then whatever is loaded: a name found twice there is ambiguous.
    private Type? FindType(Assembly nearest)
    {
        if (Type.GetType(ErrorType, throwOnError: false) is { } framework)
        {
            return framework;
        }

        if (nearest.GetType(ErrorType, throwOnError: false) is { } near)
        {
            return near;
        }

        var found = AppDomain.CurrentDomain.GetAssemblies()
            .Select(assembly => assembly.GetType(ErrorType, throwOnError: false))
            .OfType<Type>()
            .ToList();
        return found.Count <= 1
            ? found.FirstOrDefault()
            : throw new AmbiguousMatchException($"Multiple exception types with the name '{ErrorType}' were found.");
    }
}

/// <summary>The task that an orchestration awaited has failed.</summary>
public sealed class TaskFailedException : Exception
{
    public TaskFailedException(string taskName, int taskId, Exception innerException)
        : this(taskName, taskId, TaskFailureDetails.FromException(innerException), innerException)
    {
    }

    public TaskFailedException(string taskName, int taskId, TaskFailureDetails failureDetails)
        : this(taskName, taskId, failureDetails, null)
    {
    }

    private TaskFailedException(string taskName, int taskId, TaskFailureDetails? details, Exception? cause)
        : base($"Task '{taskName}' (#{taskId}) failed with an unhandled exception{Because(details)}", cause)
    {
        TaskName = taskName;
        TaskId = taskId;
        FailureDetails = details!;
    }

    public string TaskName { get; }

    public int TaskId { get; }

    public TaskFailureDetails FailureDetails { get; }

    [Obsolete("Use the FailureDetails property and its IsCausedBy<T>() method")]
    public bool IsCausedByException<T>()
        where T : Exception => FailureDetails.ErrorType == typeof(T).FullName;

    private static string Because(TaskFailureDetails? details) => details is null ? "." : $": {details.ErrorMessage}";
}
