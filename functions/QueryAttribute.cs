namespace Launchpad.Functions;

/// <summary>A parameter that a function takes in the query. <see cref="Middleware.QueryMiddleware"/> refuses what is declared
/// nowhere.</summary>
/// <param name="values">What it may be; nothing for what the function itself looks at.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class QueryAttribute(string name, params string[] values) : Attribute
{
    public string Name => name;

    public string[] Values => values;
}
