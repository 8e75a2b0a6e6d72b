using System.Text.Json;

namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>The reasons' names, as operators see them.</summary>
internal static class InjectionReasonNames
{
    private static readonly (InjectionReasons Reason, string Name)[] Names =
        [
            .. Enum.GetValues<InjectionReasons>()
                .Where(reason => reason != InjectionReasons.None)
                .Select(reason => (reason, JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()))),
        ];

    /// <summary>The names of the reasons in a set.</summary>
    public static IReadOnlyList<string> Of(InjectionReasons reasons) => [.. Names.Where(each => reasons.HasFlag(each.Reason)).Select(each => each.Name)];
}
