using System.Reflection;
using Launchpad.Host.Discovery;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Host.Invocation;

/// <summary>Calls a function's method; everything that reflection can find out beforehand is found out once.</summary>
internal sealed class FunctionCall
{
    private readonly Argument[] arguments;
    private readonly string[] names;
    private readonly MethodInvoker method;
    private readonly ObjectFactory? create;
    private readonly Func<Task, object?>? result;

    public FunctionCall(Function function, IServiceProvider services)
    {
        arguments = [.. Enumerable.Range(0, function.Arguments.Length).Select(i => new Argument(function, i, services))];
        names = [.. function.Arguments.Select(argument => argument.Name!)];
        method = MethodInvoker.Create(function.Method);
        create = function.Method.IsStatic ? null : ActivatorUtilities.CreateFactory(function.Method.DeclaringType!, []);
        result = ResultReader(function.Method.ReturnType);
    }

    public async Task<object?> InvokeAsync(FunctionInvocation invocation)
    {
        var instance = create?.Invoke(invocation.InstanceServices, null);
        var values = new object?[arguments.Length];
        var inputs = invocation.Features.Get<BoundInputs>()!;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = inputs.TryGet(names[i], out var bound) ? bound : await arguments[i].BindAsync(invocation);
        }

        var returned = method.Invoke(instance, values.AsSpan());
        if (returned is not Task task)
        {
            return returned;
        }

        await task;
        return result?.Invoke(task);
    }

    /// <summary>Lets middleware look at what the function will be given.</summary>
    public BoundInputs Inputs(FunctionInvocation invocation) => new Early(this, invocation);

    // By the declared type: a method declared to return Task may well return a Task<something internal>.
    private static Func<Task, object?>? ResultReader(Type declared) =>
        declared.IsGenericType && declared.GetGenericTypeDefinition() == typeof(Task<>)
            ? typeof(FunctionCall).GetMethod(nameof(ReadResult), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(declared.GetGenericArguments()).CreateDelegate<Func<Task, object?>>()
            : null;

    private static object? ReadResult<T>(Task task) => ((Task<T>)task).Result;

    private sealed class Early(FunctionCall call, FunctionInvocation invocation) : BoundInputs
    {
        protected override ValueTask<object?> BindAsync(string name, Type type) =>
            call.arguments[Array.IndexOf(call.names, name)].BindAsync(invocation, type);
    }
}
