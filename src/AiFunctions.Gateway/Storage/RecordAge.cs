namespace AiFunctions.Gateway.Storage;

/// <summary>How old what an instance knows from storage may be, so that a change holds on every instance within 30 s.</summary>
internal static class RecordAge
{
    /// <summary>The most age at which a record is still used, counted from when its reading began.</summary>
    /// <remarks>
    /// A reading that began before a change may miss it, so the last use of the old record begins 25 s after the change at the latest. The other
    /// 5 s are for the reading that comes then, which <see cref="GatewayTable"/> ends after 3 s, and for what a request does between the look
    /// at a record and its admission.
    /// </remarks>
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(25);
}
