using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Host.Discovery;

/// <summary>What a function must be to run here and on Azure alike.</summary>
internal static partial class FunctionRules
{
    public static void Check(Function function)
    {
        var method = function.Method;
        if (!NamePattern().IsMatch(function.Name))
        {
            throw function.Invalid("has a name that is not a letter followed by at most 127 letters, digits, '-' or '_'");
        }

        if (!method.IsPublic || method.ContainsGenericParameters || method.DeclaringType!.ContainsGenericParameters)
        {
            throw function.Invalid("must be public and not generic");
        }

        if (!method.IsStatic && method.DeclaringType.IsAbstract)
        {
            throw function.Invalid("belongs to a class that cannot be created");
        }

        if (IsValueTask(method.ReturnType))
        {
            throw function.Invalid("returns a ValueTask, which the worker does not await: return a Task");
        }

        foreach (var argument in function.Arguments)
        {
            CheckArgument(function, argument);
        }

        if (function.Trigger is OrchestrationTriggerAttribute && function.TriggerArgument.ParameterType != typeof(TaskOrchestrationContext))
        {
            throw function.Invalid($"must take its orchestration trigger as {nameof(TaskOrchestrationContext)}");
        }
    }

    private static void CheckArgument(Function function, ParameterInfo argument)
    {
        if (argument.ParameterType.IsByRef)
        {
            throw function.Invalid($"takes '{argument.Name}' by reference");
        }

        if (argument.GetCustomAttribute<DurableClientAttribute>() is not null)
        {
            if (argument.ParameterType != typeof(DurableTaskClient))
            {
                throw function.Invalid($"must take the durable client '{argument.Name}' as {nameof(DurableTaskClient)}, exactly that type");
            }

            if (function.Trigger is OrchestrationTriggerAttribute)
            {
                throw function.Invalid("is an orchestration and may not use a durable client: only activities act");
            }
        }

        if (argument.GetCustomAttribute<Microsoft.AspNetCore.Mvc.FromBodyAttribute>() is not null)
        {
            throw function.Invalid(
                $"binds '{argument.Name}' by MVC's [FromBody], unknown to the worker: use that of Microsoft.Azure.Functions.Worker.Http");
        }
    }

    private static bool IsValueTask(Type type) =>
        type == typeof(ValueTask) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>));

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,127}$")]
    private static partial Regex NamePattern();
}
