namespace Launchpad.Functions;

/// <summary>The JSON that a function reads.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TakesAttribute(Type body) : Attribute
{
    public Type Body => body;

    /// <summary>True when it may be left out.</summary>
    public bool Optional { get; init; }
}

/// <summary>What a function answers when all is well. Each status that it knows stands in one of these.</summary>
/// <param name="body">What the JSON is of, or each event of a stream; null for an answer without a body, or of another type.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class AnswersAttribute(int status, Type? body = null) : Attribute
{
    public int Status => status;

    public Type? Body => body;

    public string MediaType { get; init; } = "application/json";
}

/// <summary>Anybody may call it; what does not have this asks for a session.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OpenAttribute : Attribute;

/// <summary>It is meant for a config that the caller has seen, and says so in `If-Match`.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class IfMatchAttribute : Attribute
{
    /// <summary>False where the header may be left out.</summary>
    public bool Required { get; init; } = true;
}

/// <summary>Though it is no question, it changes nothing that a record would tell of. Of every other change that was answered well there is
/// a row (<see cref="Middleware.AuditMiddleware"/>).</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnrecordedAttribute(string why) : Attribute
{
    public string Why => why;
}
