"""Any method as a scikit-learn estimator: people kept apart by scikit-learn's own cross-validation.

python examples/scikit_learn.py
"""

from sklearn.model_selection import GroupKFold, cross_val_score

from myoshift import ActivationRegressor
from myoshift.simulate.labs import virtual_labs
from myoshift.simulate.randomise import Config

recordings = list(virtual_labs(6, seed=0, config=Config(movements=("walk",), seconds=6.0)))
people = [each.person for each in recordings]
for method in ("constant", "ridge", "knn"):
    regressor = ActivationRegressor(method, outputs=("soleus", "tibialis_anterior"), rate=100.0)
    scores = cross_val_score(regressor, recordings, groups=people, cv=GroupKFold(3))
    print(f"{method}: r = {scores.mean():.2f} ({', '.join(f'{each:.2f}' for each in scores)})")
