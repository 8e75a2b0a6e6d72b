using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace AiFunctions.Worker.Tests.Double;

/// <summary>A function on a timer, as the worker's build reads it off the attributes.</summary>
internal sealed class DoubleTimer(MethodInfo method) : FunctionDefinition
{
    public static IReadOnlyList<DoubleTimer> All { get; } =
        [.. DoubleFunction.Methods.Where(method => TriggerOf(method) is not null).Select(method => new DoubleTimer(method))];

    public MethodInfo Method { get; } = method;

    public override string Name { get; } = method.GetCustomAttribute<FunctionAttribute>()!.Name;

    public TimerTriggerAttribute Trigger { get; } = TriggerOf(method)!;

    /// <summary>Calls the method as the worker does, which fills in what it knows by the parameters' types.</summary>
    public Task InvokeAsync(FunctionContext context, CancellationToken cancellationToken) => (Task)Method.Invoke(
        null,
        [
            .. Method.GetParameters().Select(parameter => parameter.ParameterType switch
            {
                var type when type == typeof(TimerInfo) => new TimerInfo(),
                var type when type == typeof(FunctionContext) => context,
                var type when type == typeof(CancellationToken) => (object)cancellationToken,
                var type => throw new InvalidOperationException($"The worker has no {type} to give."),
            }),
        ])!;

    private static TimerTriggerAttribute? TriggerOf(MethodInfo method) => method.GetParameters()[0].GetCustomAttribute<TimerTriggerAttribute>();
}
