namespace AiFunctions.GuardTraining;

/// <summary>Fits a logistic curve to logits of texts that were not trained on; attacks and others weigh the same (Platt 1999).</summary>
internal static class PlattCalibration
{
    /// <summary>Fits.</summary>
    public static (float Slope, float Offset) Fit(IReadOnlyList<(float Logit, bool IsAttack)> points)
    {
        double slope = 1, offset = 0;
        var attacks = points.Count(p => p.IsAttack);
        var others = points.Count - attacks;
        for (var step = 0; step < 4_000; step++)
        {
            double slopeGradient = 0, offsetGradient = 0;
            foreach (var (logit, isAttack) in points)
            {
                var error = (1 / (1 + Math.Exp(-((slope * logit) + offset)))) - (isAttack ? 1 : 0);
                error /= isAttack ? attacks : others;
                slopeGradient += error * logit;
                offsetGradient += error;
            }

            slope -= 0.1 * slopeGradient;
            offset -= 0.1 * offsetGradient;
        }

        return ((float)slope, (float)offset);
    }
}
