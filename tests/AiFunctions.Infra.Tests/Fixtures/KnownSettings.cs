using System.Collections;
using System.Reflection;
using AiFunctions.Gateway;

namespace AiFunctions.Infra.Tests.Fixtures;

/// <summary>The names of the gateway's settings, read from its options classes: those with a constant <c>Section</c>.</summary>
internal static class KnownSettings
{
    private static readonly (string[] Section, Type Options)[] Sections =
    [
        .. typeof(GatewayServiceCollectionExtensions).Assembly.GetTypes()
            .Select(type => (Section: type.GetField("Section", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)?.GetRawConstantValue() as string, Type: type))
            .Where(found => found.Section is not null)
            .Select(found => (found.Section!.Split(':'), found.Type)),
    ];

    public static bool Contains(string name)
    {
        var parts = name.Split("__");
        return Sections.Any(known =>
            parts.Take(known.Section.Length).SequenceEqual(known.Section, StringComparer.Ordinal)
            && IsPath(known.Options, [.. parts.Skip(known.Section.Length)], isSection: true));
    }

    private static bool IsPath(Type type, string[] path, bool isSection = false)
    {
        // Upstreams are a list of sections, each bound by itself.
        if (isSection && path.Length > 1 && int.TryParse(path[0], out _))
        {
            return IsPath(type, path[1..]);
        }

        if (ItemOf(type) is { } item)
        {
            return path.Length > 0 && IsPath(item, path[1..]);
        }

        if (IsValue(type))
        {
            return path.Length == 0;
        }

        var property = path.Length == 0 ? null : type.GetProperty(path[0], BindingFlags.Public | BindingFlags.Instance);
        return property is not null && IsPath(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, path[1..]);
    }

    private static bool IsValue(Type type) =>
        type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(Uri) || type == typeof(TimeSpan) || type == typeof(Guid);

    /// <summary>What a list or a dictionary holds: each takes one part of the name for the place.</summary>
    private static Type? ItemOf(Type type) =>
        type == typeof(string) || !type.IsAssignableTo(typeof(IEnumerable)) ? null
        : type.IsArray ? type.GetElementType()
        : type.GetGenericArguments().LastOrDefault();
}
