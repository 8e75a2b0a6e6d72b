using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace AiFunctions.Worker.Tests.Double;

/// <summary>A function as the worker's build reads it off the attributes.</summary>
internal sealed class DoubleFunction(MethodInfo method) : FunctionDefinition
{
    public static IReadOnlyList<DoubleFunction> All { get; } =
    [
        .. typeof(Program).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(Program).Namespace)
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance))
            .Where(method => method.IsDefined(typeof(FunctionAttribute)))
            .Select(method => new DoubleFunction(method)),
    ];

    public MethodInfo Method { get; } = method;

    public override string Name { get; } = method.GetCustomAttribute<FunctionAttribute>()!.Name;

    public HttpTriggerAttribute Trigger { get; } = method.GetParameters()[0].GetCustomAttribute<HttpTriggerAttribute>()!;
}
